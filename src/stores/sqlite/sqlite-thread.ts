import { timers } from '../../base/timers.ts';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { Packer, readAnswer } from './packed.ts';
import { ringMemory, SharedRing } from './shared-ring.ts';
import type { SqliteSettings } from './sqlite-book.ts';
import type { FromWorker, SqliteWork, ToWorker } from './sqlite-operation.ts';

/** Whoever asks the thread. */
export interface ThreadOwner {
  /** Whether an answer is awaited. */
  isWaiting(): boolean;
  answered(answer: FromWorker): void;
  /** The thread has ended; with an error when there was one. */
  lost(error: unknown): void;
}

/** For so long after a question or an answer each turn of the event loop looks for the next answer, in milliseconds. */
const LOOK_MS = 0.1;
/** After so many times in a row that nothing was found, the file is slow or others hold it; */
const MISSES = 3;
/** and no looking is done for so long, in milliseconds. */
const PAUSE_MS = 20;
const NOTHING_MOVED: readonly never[] = [];

/** One thread on the file, and the ways to it. It holds the process only while an answer is awaited. */
export class SqliteThread {
  readonly #owner: ThreadOwner;
  readonly #worker: Worker;
  /** Knows what this thread was told; another one knows nothing. */
  readonly #packer = new Packer();
  readonly #operations: SharedRing | undefined;
  readonly #answers: SharedRing | undefined;
  /** Whether turns of the event loop are worth it: the thread needs a core of its own and must not wait for a disk. */
  readonly #mayLook: boolean;
  #isLooking = false;
  #isHolding = false;
  #isOver = false;
  #lookUntilMs = 0;
  #misses = 0;
  #lookAgainMs = 0;

  /** Starts the thread. */
  constructor(settings: SqliteSettings, owner: ThreadOwner) {
    this.#owner = owner;
    const operations = ringMemory();
    const answers = ringMemory();
    const rings = operations && answers && { operations, answers };
    this.#operations = rings && new SharedRing(rings.operations);
    this.#answers = rings && new SharedRing(rings.answers);
    this.#mayLook = rings !== undefined && settings.durability === 'process' && availableParallelism() > 1;
    const file = import.meta.url.endsWith('.ts') ? './sqlite-worker.ts' : './sqlite-worker.js';
    // No preload and no environment: the thread must not start a Purser of its own.
    const worker = new Worker(new URL(file, import.meta.url), {
      workerData: { settings, rings } satisfies SqliteWork,
      execArgv: [],
      env: {},
      name: 'purser-budgets',
    });
    worker.on('message', (text: string) => this.#heard(text));
    worker.on('error', (error: unknown) => this.#lost(error));
    worker.on('exit', () => this.#lost(undefined));
    // After the listeners: the first one for messages holds the process again.
    worker.unref();
    this.#worker = worker;
  }

  /** Sends an operation, in order. */
  send(message: ToWorker): void {
    const ring = this.#operations;
    const isWritten = ring !== undefined && this.#packer.write(ring, message);
    // One text is cloned in half the time of the objects in it.
    if (!isWritten) this.#worker.postMessage(JSON.stringify(ring === undefined ? message : this.#packer.teach(message)), NOTHING_MOVED);
    if (ring?.send(isWritten) === true) ring.wake();
  }

  /** Sees to it that the answer that is awaited now comes. */
  await(): void {
    if (this.#isLooking || this.#isHolding) return;
    const nowMs = timers.monotonicMs();
    if (!this.#mayLook || this.#answers === undefined || nowMs < this.#lookAgainMs) return this.#hold();
    this.#isLooking = true;
    this.#answers.isAwake = true;
    this.#lookUntilMs = nowMs + LOOK_MS;
    timers.setImmediate(this.#look);
  }

  /** Lets the process end when nothing is awaited any more. */
  release(): void {
    if (!this.#isHolding || this.#owner.isWaiting()) return;
    this.#isHolding = false;
    this.#worker.unref();
  }

  /** Ends the thread. */
  async end(): Promise<void> {
    this.#isOver = true;
    // Whoever waits for the end shall see it.
    this.#worker.ref();
    await this.#worker.terminate();
  }

  #hold(): void {
    this.#isHolding = true;
    this.#worker.ref();
  }

  readonly #look = (): void => {
    const found = this.#takeAnswers();
    if (found) this.#misses = 0;
    if (this.#isOver || !this.#owner.isWaiting()) return this.#stopLooking();
    const nowMs = timers.monotonicMs();
    if (found) this.#lookUntilMs = nowMs + LOOK_MS;
    if (nowMs < this.#lookUntilMs) {
      timers.setImmediate(this.#look);
      return undefined;
    }
    // From here on the thread sends a message. It may have answered just before.
    this.#stopLooking();
    this.#misses += 1;
    if (this.#misses >= MISSES) this.#lookAgainMs = nowMs + PAUSE_MS;
    this.#takeAnswers();
    if (this.#owner.isWaiting()) this.#hold();
    return undefined;
  };

  #stopLooking(): void {
    this.#isLooking = false;
    if (this.#answers !== undefined) this.#answers.isAwake = false;
  }

  #takeAnswers(): boolean {
    const ring = this.#answers;
    if (ring === undefined || ring.isEmpty) return false;
    do {
      const at = ring.next;
      const number = ring.numbers[at] ?? 0;
      const answer = readAnswer(ring, at);
      ring.taken();
      this.#owner.answered({ number, answer });
    } while (!ring.isEmpty);
    return true;
  }

  #heard(text: string): void {
    this.#takeAnswers();
    if (text !== '') for (const answer of JSON.parse(text) as readonly FromWorker[]) this.#owner.answered(answer);
    this.release();
  }

  #lost(error: unknown): void {
    // What it had answered counts.
    this.#takeAnswers();
    this.#isOver = true;
    this.#owner.lost(error);
  }
}
