import fs, { readdirSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { expect, test } from 'vitest';
import { keyFingerprint } from '../../../src/ledger/key-fingerprint.ts';
import { scratchFolder } from '../../support/scratch.ts';

test('a disk that is full leaves no empty secret behind, so that the next process has fingerprints once there is room', () => {
  const directory = scratchFolder();
  const { writeSync } = fs;
  fs.writeSync = () => {
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  };
  syncBuiltinESMExports();
  try {
    expect(keyFingerprint(directory)('local-key')).toBeUndefined();
  } finally {
    fs.writeSync = writeSync;
    syncBuiltinESMExports();
  }
  expect(readdirSync(directory)).toEqual([]);
  const made = keyFingerprint(directory)('local-key');
  expect(made).toMatch(/^[0-9a-f]{12}$/);
  expect(keyFingerprint(directory)('local-key')).toBe(made);
});
