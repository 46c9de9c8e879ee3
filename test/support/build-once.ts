import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const newest = (folder: string): number =>
  Math.max(
    0,
    ...readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0),
  );

const builtAt = (): number => statSync('dist/register.js', { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Builds dist/ before any test runs unless it is newer than src/, so that child processes load what a user would install. */
export default function setup(): void {
  if (builtAt() > newest('src')) return;
  const { status } = spawnSync(process.execPath, ['tools/build.ts'], { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) console.error('dist/ was built from sources whose types do not agree: npm run check tells more');
}
