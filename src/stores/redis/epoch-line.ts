import { timers } from '../../base/timers.ts';
import type { StoreNotice } from '../../call/budget-store.ts';
import type { RedisCommands } from './redis-commands.ts';
import { type Script, SEED } from './scripts.ts';
import type { Witness } from './witness.ts';

/** How the line to the server is set up. */
export interface EpochLineOptions {
  readonly key: string;
  readonly gateMs: number;
  readonly recordMs: number;
  readonly keepMs: number;
  readonly nowMs: (() => number) | undefined;
  /** Names this process; a server without data is named after the first that finds it so. */
  readonly name: string;
  /** What the server is known to be at, where another connection has learnt it. */
  readonly epoch?: string;
}

/** How one run is waited for. */
export interface RunOptions {
  /** An answer that takes longer counts as a failure, in milliseconds. */
  readonly timeoutMs: number;
  /** Waits while a server without data gathers what the processes remember. */
  readonly gated: boolean;
  /** Keeps the process until the answer is there. */
  readonly holds: boolean;
}

const MOST_ROUNDS = 8;

class StoreTimeout extends Error {
  override readonly name = 'StoreTimeout';
}

const within = <T>(work: Promise<T>, { timeoutMs, holds }: RunOptions): Promise<T> =>
  new Promise((resolve, reject) => {
    const timer = timers.setTimeout(() => reject(new StoreTimeout(`no answer within ${timeoutMs} ms`)), timeoutMs);
    if (!holds) timer.unref();
    work.then(
      (value) => {
        timers.clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        timers.clearTimeout(timer);
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });

const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    timers.setTimeout(resolve, ms);
  });

/**
 * Runs scripts under the server's epoch. A server that has lost its data has none, or another: then this process first tells it what it
 * remembers, and reservations wait until the others have had time to do the same.
 */
export class EpochLine {
  readonly #commands: RedisCommands;
  readonly #witness: Witness;
  readonly #say: (notice: StoreNotice) => void;
  readonly #options: EpochLineOptions;
  #epoch = '';
  #sent = 0;
  #seeding: Promise<void> | undefined;

  constructor(commands: RedisCommands, witness: Witness, say: (notice: StoreNotice) => void, options: EpochLineOptions) {
    this.#commands = commands;
    this.#witness = witness;
    this.#say = say;
    this.#options = options;
    this.#epoch = options.epoch ?? '';
  }

  /** What the server is known to be at; empty before its first answer. */
  get epoch(): string {
    return this.#epoch;
  }

  /** Runs a script. */
  async run(script: Script, args: object, how: RunOptions): Promise<readonly unknown[]> {
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      if (this.#seeding !== undefined) await this.#seeding;
      const epoch = this.#epoch;
      const raw = await this.#send(script, args, epoch, how);
      if (raw[0] === 'gate') await sleep(Math.min(this.#options.gateMs, Number(raw[2])) + 1);
      else if (raw[0] !== 'epoch') return raw;
      else if (epoch === this.#epoch) {
        this.#seeding ??= this.#adopt(String(raw[1]), how).finally(() => {
          this.#seeding = undefined;
        });
        await this.#seeding;
      }
    }
    throw new Error('the server keeps losing its data');
  }

  /**
   * Runs a quick script, whose first argument is `head` behind the epoch and the time. Gives `undefined` when there is nothing to hold it
   * to yet; its own answer may say that it leaves the call to the others.
   */
  async quick(script: Script, head: string, lines: readonly string[], how: RunOptions): Promise<readonly unknown[] | undefined> {
    if (this.#epoch === '' || this.#seeding !== undefined) return undefined;
    const { key, nowMs } = this.#options;
    const raw = await within(this.#commands.run(script, key, [`${this.#epoch} ${nowMs?.() ?? 0} ${head}`, ...lines], how.holds), how);
    return Array.isArray(raw) ? raw : undefined;
  }

  async #send(script: Script, args: object, epoch: string, how: RunOptions): Promise<readonly unknown[]> {
    const { key, gateMs, recordMs, keepMs, nowMs, name } = this.#options;
    const head = { now: nowMs?.() ?? 0, epoch, candidate: `${name}-${(this.#sent += 1)}`, gated: how.gated, recordMs, keepMs, gateMs };
    const raw = await within(this.#commands.run(script, key, [JSON.stringify({ ...head, ...args })], how.holds), how);
    if (!Array.isArray(raw)) throw new Error('the server gave no list');
    return raw;
  }

  async #adopt(epoch: string, how: RunOptions): Promise<void> {
    const lost = this.#epoch !== '';
    if (!this.#witness.isEmpty) {
      const raw = await this.#send(SEED, this.#witness.seed(), epoch, { ...how, gated: false });
      if (raw[0] !== 'seeded') return;
    }
    this.#epoch = epoch;
    if (lost) this.#say({ kind: 'data_lost', message: 'The Redis server has lost its data. What this process remembers of the budgets was brought back.' });
  }
}
