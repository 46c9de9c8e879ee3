import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, statSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** After so long without a sign of life another process takes over. */
const SILENT_MS = 180_000;
/** Nobody takes over what was held so lately, so that it need not be looked at. */
const FRESH_MS = 30_000;
const FILE = 'watch.lease';

/**
 * Lets one of the processes of a folder read the ledger for all of them. Two may hold it for a minute when they ask at the same moment, which costs
 * work and nothing else: what they find is raised once.
 */
export class WatchLease {
  readonly #path: string;
  readonly #owner = `${process.pid}.${randomBytes(6).toString('hex')}`;
  #heldAtMs = Number.NEGATIVE_INFINITY;

  /** @param directory the folder of the ledger */
  constructor(directory: string) {
    this.#path = join(directory, FILE);
  }

  /** True while this process is the one; to be asked at least every minute. @throws what the operating system says of the folder */
  hold(nowMs: number): boolean {
    if (nowMs - this.#heldAtMs < FRESH_MS) return true;
    if (this.#holder(nowMs) !== undefined) return false;
    const next = `${this.#path}.${this.#owner}`;
    writeFileSync(next, this.#owner, { mode: 0o600 });
    utimesSync(next, new Date(nowMs), new Date(nowMs));
    renameSync(next, this.#path);
    this.#heldAtMs = nowMs;
    return true;
  }

  /** Lets the next process take over at once. */
  release(): void {
    try {
      if (readFileSync(this.#path, 'utf8') === this.#owner) unlinkSync(this.#path);
    } catch {
      // It was not there.
    }
  }

  /** Somebody else who lives. */
  #holder(nowMs: number): string | undefined {
    try {
      const owner = readFileSync(this.#path, 'utf8');
      if (owner === this.#owner) return undefined;
      return nowMs - statSync(this.#path).mtimeMs < SILENT_MS ? owner : undefined;
    } catch {
      return undefined;
    }
  }
}
