import { timers } from '../../base/timers.ts';
import { dirname } from 'node:path';
import type {
  BudgetStore,
  Change,
  ChangeRecord,
  ExtendAnswer,
  ExtendRequest,
  LineState,
  ReserveAnswer,
  ReserveRequest,
  SettleAnswer,
  SettleRequest,
  StateQuestion,
} from '../../call/budget-store.ts';
import { guard } from '../../base/diag.ts';
import { makeFolder } from '../../base/make-folder.ts';
import type { SqliteSettings } from './sqlite-book.ts';
import { settleHere } from './settle-here.ts';
import type { FromWorker, SqliteOperation, SqliteOperations } from './sqlite-operation.ts';
import { SqliteThread } from './sqlite-thread.ts';

/** What a store in a file that the processes of one host share needs. */
export interface SqliteStoreOptions extends SqliteSettings {
  /** An operation that a call waits for counts as failed when it takes longer, in milliseconds. @default 5000 */
  readonly timeoutMs?: number;
  /** The same for settlements, which no call waits for. @default 5000 */
  readonly settleTimeoutMs?: number;
  /** Stands in for the clock in tests. */
  readonly nowMs?: () => number;
}

class SqliteFault extends Error {
  override readonly name = 'SqliteFault';
  readonly code: string | undefined;

  constructor(message: string, code: string | undefined) {
    super(message);
    this.code = code;
  }
}

interface Pending {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly endMs: number;
}

const TIMEOUT_MS = 5000;
const LEAST_WATCH_MS = 50;
/** What a thread may take to start and to open the file, on a machine that is busy. */
const START_MS = 2000;

// What is undefined is left out on the way between threads.
const whole = ({ atMs, by, key, what, from, to }: ChangeRecord): ChangeRecord => ({ atMs, by, key, what, from, to });

/** Budgets in one SQLite file, worked on by a thread. The thread holds the process only while an answer is awaited. */
export class SqliteStore implements BudgetStore {
  readonly name = 'sqlite';
  readonly #options: SqliteStoreOptions;
  readonly #pending = new Map<number, Pending>();
  #thread: SqliteThread | undefined;
  #watch: NodeJS.Timeout | undefined;
  #sent = 0;
  /** Whether the thread has answered yet. */
  #isWarm = false;

  readonly #timeoutMs: number;
  readonly #settleTimeoutMs: number;

  constructor(options: SqliteStoreOptions) {
    this.#options = options;
    this.#timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    this.#settleTimeoutMs = options.settleTimeoutMs ?? TIMEOUT_MS;
  }

  /** Starts the thread before the first call needs it. Never throws: where it cannot be started the first operation says why. */
  warmUp(): void {
    guard('sqlite.warm_up', () => this.#start());
  }

  reserve(request: ReserveRequest): Promise<ReserveAnswer> {
    return this.#ask('reserve', { kind: 'reserve', request });
  }

  extend(request: ExtendRequest): Promise<ExtendAnswer> {
    return this.#ask('extend', { kind: 'extend', request });
  }

  settle(request: SettleRequest): Promise<SettleAnswer> {
    return this.#ask('settle', { kind: 'settle', request });
  }

  read(questions: readonly StateQuestion[]): Promise<readonly LineState[]> {
    return this.#ask('read', { kind: 'read', request: questions });
  }

  keys(budget: string): Promise<readonly string[]> {
    return this.#ask('keys', { kind: 'keys', request: budget });
  }

  async change(change: Change): Promise<ChangeRecord> {
    return whole(await this.#ask('change', { kind: 'change', request: change }));
  }

  async changes(): Promise<readonly ChangeRecord[]> {
    return (await this.#ask('changes', { kind: 'changes', request: undefined })).map(whole);
  }

  settleAtExit(requests: readonly SettleRequest[], timeoutMs: number): readonly SettleAnswer[] | undefined {
    return settleHere({ ...this.#settings, busyMs: timeoutMs }, requests, this.#options.nowMs?.() ?? timers.nowMs());
  }

  async close(): Promise<void> {
    const thread = this.#thread;
    this.#thread = undefined;
    this.#failAll(new SqliteFault('the store was closed', 'CLOSED'));
    await thread?.end();
  }

  #ask<K extends keyof SqliteOperations>(_: K, operation: SqliteOperation & { readonly kind: K }): Promise<SqliteOperations[K]['answer']> {
    return new Promise((resolve, reject) => {
      const thread = this.#start();
      const timeoutMs = operation.kind === 'settle' ? this.#settleTimeoutMs : this.#isWarm ? this.#timeoutMs : Math.max(this.#timeoutMs, START_MS);
      const number = (this.#sent += 1);
      thread.send({ number, operation, nowMs: this.#options.nowMs?.() });
      this.#pending.set(number, { resolve: (answer) => resolve(answer as SqliteOperations[K]['answer']), reject, endMs: timers.monotonicMs() + timeoutMs });
      thread.await();
    });
  }

  get #settings(): SqliteSettings {
    const { path, durability, retention } = this.#options;
    return { path, durability, ...(retention === undefined ? {} : { retention }) };
  }

  #start(): SqliteThread {
    if (this.#thread !== undefined) return this.#thread;
    makeFolder(dirname(this.#options.path), 0o700);
    this.#isWarm = false;
    const thread: SqliteThread = new SqliteThread(this.#settings, {
      isWaiting: () => this.#pending.size > 0,
      answered: (answer) => this.#answered(answer),
      lost: (error) => this.#lost(thread, error),
    });
    this.#thread = thread;
    this.#watch ??= timers.setInterval(() => this.#expireOld(), Math.max(LEAST_WATCH_MS, this.#timeoutMs / 4)).unref();
    return thread;
  }

  #answered({ number, answer, error }: FromWorker): void {
    this.#isWarm = true;
    const pending = this.#pending.get(number);
    if (pending === undefined) return;
    this.#pending.delete(number);
    if (error === undefined) pending.resolve(answer);
    else pending.reject(new SqliteFault(error.message, error.code));
  }

  #lost(thread: SqliteThread, error: unknown): void {
    if (this.#thread !== thread) return;
    // The next operation starts another thread.
    this.#thread = undefined;
    this.#failAll(new SqliteFault(error instanceof Error ? error.message : 'the thread ended', 'WORKER_LOST'));
  }

  #failAll(fault: SqliteFault): void {
    timers.clearInterval(this.#watch);
    this.#watch = undefined;
    for (const pending of this.#pending.values()) pending.reject(fault);
    this.#pending.clear();
  }

  #expireOld(): void {
    const nowMs = timers.monotonicMs();
    for (const [number, pending] of this.#pending) {
      if (pending.endMs > nowMs) continue;
      this.#pending.delete(number);
      pending.reject(new SqliteFault('no answer in time', 'TIMEOUT'));
    }
    this.#thread?.release();
  }
}
