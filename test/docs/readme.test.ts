import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { parseBudgets } from '../../src/policies/budget/parse-budgets.ts';
import { VERSION } from '../../src/base/version.ts';

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string; readonly scripts: Readonly<Record<string, string>> };
const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'docs/ARCHITECTURE.md',
  'docs/decisions/0001-one-line-appended-to-the-sdk.md',
  'docs/decisions/0002-the-response-is-watched-in-place.md',
];

describe.each(PAGES)('%s', (page) => {
  const text = readFileSync(page, 'utf8');

  test('every npm script that it names exists', () => {
    const named = [...text.matchAll(/npm run (?:-s )?([a-z][\w:]*)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => manifest.scripts[name] === undefined)).toEqual([]);
  });

  test('every file that it links to exists', () => {
    const linked = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)\)/g)].map(([, path = '']) => join(dirname(page), path));
    expect(linked.filter((path) => !existsSync(path))).toEqual([]);
  });
});

test('the config in the README is one that holds, without a single problem', () => {
  const yaml = /```yaml\n([\s\S]*?)```/.exec(readFileSync('README.md', 'utf8'))?.[1] ?? '';
  const files = { isFile: () => true, isOpenToAll: () => false, read: () => yaml };
  const loaded = loadConfig({ env: {}, cwd: '/', file: '/purser.config.yaml', files });
  expect(loaded.problems.map(({ message }) => message)).toEqual([]);
  const { budgets, problems } = parseBudgets(loaded.config.budgets?.value);
  expect(problems).toEqual([]);
  expect(budgets.map(({ id, mode, limit }) => [id, mode, String(limit)])).toEqual([['discovery-day', 'alert', '25']]);
});

test('the version in the code is that of the package', () => {
  expect(VERSION).toBe(manifest.version);
});
