import { createHash } from 'node:crypto';
import { closeSync, openSync, readdirSync, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { guard } from '../base/diag.ts';
import { Lru } from '../base/lru.ts';
import { makeFolder } from '../base/make-folder.ts';

const KEPT_MS = 40 * 86_400_000;
const TIDY_MS = 86_400_000;
/** More than all budgets that are looked at have at a time: what is told of again and again is found here. */
const REMEMBERED = 10_000;

/**
 * Lets one of the processes that share a folder raise an alert that each of them would find by itself. An alert that the store of
 * budgets decides needs none.
 */
export class Claims {
  readonly #folder: string;
  readonly #own = new Lru<string, true>(REMEMBERED);
  #tidiedMs = Number.NEGATIVE_INFINITY;

  /** @param outbox the folder of the outbox */
  constructor(outbox: string) {
    this.#folder = join(outbox, 'claims');
  }

  /** True for the first process that asks for a key, once. Where the folder cannot be written, for each process once. */
  take(dedupeKey: string, nowMs: number): boolean {
    if (this.#own.get(dedupeKey) !== undefined) return false;
    if (nowMs - this.#tidiedMs >= TIDY_MS) guard('alerts.claims', () => this.#tidy(nowMs));
    this.#own.set(dedupeKey, true);
    try {
      closeSync(openSync(join(this.#folder, createHash('sha256').update(dedupeKey).digest('hex').slice(0, 32)), 'wx', 0o600));
      return true;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code !== 'EEXIST';
    }
  }

  #tidy(nowMs: number): void {
    this.#tidiedMs = nowMs;
    makeFolder(this.#folder, 0o700);
    for (const file of readdirSync(this.#folder)) {
      const path = join(this.#folder, file);
      if (nowMs - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? nowMs) > KEPT_MS) unlinkSync(path);
    }
  }
}
