import { createHmac, randomBytes } from 'node:crypto';
import { closeSync, openSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { guard } from '../base/diag.ts';
import { Lru } from '../base/lru.ts';
import { makeFolder } from '../base/make-folder.ts';

const FILE = 'fingerprint.key';
const MOST_KEYS = 1_000;
const LENGTH = 12;
const LEAST_BYTES = 32;

const makeSecret = (path: string): void => {
  const file = openSync(path, 'wx', 0o600);
  try {
    writeFileSync(file, randomBytes(LEAST_BYTES));
  } catch (error) {
    // What a full disk leaves empty would be taken, by all processes and for good, for one that somebody is about to write.
    unlinkSync(path);
    throw error;
  } finally {
    closeSync(file);
  }
};

// The first process of a folder makes it; it never leaves the folder.
const secretOf = (directory: string): Buffer => {
  const path = join(directory, FILE);
  try {
    return readFileSync(path);
  } catch {
    makeFolder(directory, 0o700);
    try {
      makeSecret(path);
    } catch {
      // Another process was first, or nobody can write; the reading tells.
    }
    return readFileSync(path);
  }
};

/**
 * Makes the function that tells API keys apart without showing them: 12 hex digits of an HMAC-SHA256 under a secret of the ledger's folder, so that
 * nobody outside can try keys against it. The same key has the same fingerprint in all processes of the folder. Gives `undefined` where the secret cannot be kept.
 */
export const keyFingerprint = (directory: string): ((key: string) => string | undefined) => {
  const known = new Lru<string, string>(MOST_KEYS);
  let secret: Buffer | undefined;
  let failed = false;
  return (key) => {
    const found = known.get(key);
    if (found !== undefined || failed) return found;
    secret ??= guard('ledger.fingerprint', () => secretOf(directory));
    failed = secret === undefined;
    // Another process is about to write it.
    if (secret !== undefined && secret.length < LEAST_BYTES) secret = undefined;
    if (secret === undefined) return undefined;
    const made = createHmac('sha256', secret).update(key).digest('hex').slice(0, LENGTH);
    known.set(key, made);
    return made;
  };
};
