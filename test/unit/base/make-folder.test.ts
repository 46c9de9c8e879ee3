import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeFolder } from '../../../src/base/make-folder.ts';

const root = mkdtempSync(join(tmpdir(), 'purser-folder-'));
afterAll(() => rmSync(root, { recursive: true }));

test('makes every level that is missing, with the rights that were asked for, and is content with what is there', () => {
  const deep = join(root, 'a', 'b', 'c');
  makeFolder(deep, 0o700);
  makeFolder(deep, 0o700);
  expect([join(root, 'a'), deep].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o700]);
});

test('says what is in the way', () => {
  writeFileSync(join(root, 'file'), '');
  expect(() => makeFolder(join(root, 'file', 'x', 'y'))).toThrow(/ENOTDIR/);
});

// In a process of its own, which can be stopped: a `mkdir` with `recursive` would hang it.
test.skipIf(!existsSync('/proc/self'))('comes back where no folder can ever be made', () => {
  const script = `import { makeFolder } from ${JSON.stringify(resolve('src/base/make-folder.ts'))};
    try { makeFolder('/proc/purser/a/b'); } catch (error) { console.log(error.code); }`;
  expect(execFileSync(process.execPath, ['--input-type=module', '-e', script], { timeout: 10_000, encoding: 'utf8' })).toBe('ENOENT\n');
});
