import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { holds, readClaims } from '../test/support/examples/claim.ts';
import { runExample } from '../test/support/examples/run-example.ts';

const [name] = process.argv.slice(2);
if (name === undefined) {
  const files = readdirSync(fileURLToPath(new URL('.', import.meta.url))).filter((file) => /\.[cm]js$/.test(file));
  console.log(`usage: npm run example FILE\n\n  ${files.join('\n  ')}`);
} else {
  const file = fileURLToPath(new URL(name, import.meta.url));
  const { code, stdout, stderr, spans } = await runExample(file);
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  const claims = readClaims(file);
  for (const span of spans) {
    console.log(`\n${span.name}  ${Math.round(span.durationMs)} ms`);
    for (const [key, value] of Object.entries(span.attributes)) console.log(`  ${key.padEnd(46)} ${JSON.stringify(value)}`);
  }
  const missing = claims.filter((claim) => !spans.some((span) => holds(claim, span)));
  for (const claim of missing) console.error(`\nnot emitted: ${claim.text}`);
  process.exitCode = code === 0 && missing.length === 0 ? 0 : 1;
}
