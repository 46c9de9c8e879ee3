/** Writes every generated page anew from the tables in the code. */
import { readdirSync } from 'node:fs';
import { spawnSync } from 'node:child_process';

const PAGES = readdirSync('tools/docs').filter((name) => name.endsWith('.ts') && !['all.ts', 'publish.ts'].includes(name));
for (const page of PAGES) {
  const { status } = spawnSync(process.execPath, [`tools/docs/${page}`, ...process.argv.slice(2)], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
