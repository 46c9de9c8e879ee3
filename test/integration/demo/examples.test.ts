import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { holds, readClaims } from '../../support/examples/claim.ts';
import { runExample } from '../../support/examples/run-example.ts';

const FOLDER = new URL('../../../examples/', import.meta.url);
const files = readdirSync(fileURLToPath(FOLDER)).filter((file) => /\.[cm]js$/.test(file));

test.each(files)('%s emits what its first lines say', async (name) => {
  const file = fileURLToPath(new URL(name, FOLDER));
  const claims = readClaims(file);
  expect(claims.length).toBeGreaterThan(0);
  const { code, stderr, spans } = await runExample(file);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(spans).toHaveLength(claims.length);
  expect(claims.filter((claim) => !spans.some((span) => holds(claim, span))).map((claim) => claim.text)).toEqual([]);
});

test('every example is in the list of the README', () => {
  const readme = readFileSync(new URL('README.md', FOLDER), 'utf8');
  expect(files.filter((file) => !readme.includes(`\`${file}\``))).toEqual([]);
});
