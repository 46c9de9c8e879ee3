import type { Worker } from 'node:worker_threads';
import { openThreadInbox, type ThreadInbox } from '../exporters/thread/thread-inbox.ts';
import type { ThreadMessage } from '../exporters/thread/thread-message.ts';
import { THREADS, ThreadOffer } from './thread-offer.ts';

/** How many threads are kept in mind before those that have ended are looked for. */
const MOST = 200;

/** Who takes what threads have to tell. */
type Take = (message: ThreadMessage) => void;

/** The main thread's ear for its worker threads: it costs next to nothing until the app makes one. */
export class ThreadWatch {
  readonly #offer = new ThreadOffer();
  readonly #take: Take;
  readonly #workers = new Map<number, WeakRef<Worker>>();
  /** The threads that have told something, until their end is asked after. */
  readonly #told = new Set<number>();
  #inbox: ThreadInbox | undefined;
  readonly #atExit: () => void;
  #isStarted = false;

  /** Listens from the first worker thread on. Neither must throw. @param atExit told that the process exits before the stations were started */
  constructor(take: Take, atExit: () => void) {
    this.#atExit = atExit;
    this.#take = (message) => {
      this.#told.add(message.thread);
      take(message);
    };
    process.on('worker', this.#made);
  }

  /** The stations are started, and see to the end of the process themselves. @param settings all that tells one way of exporting from another */
  started(settings: string): void {
    this.#isStarted = true;
    process.removeListener('exit', this.#atExit);
    this.#offer.toSettings(settings);
  }

  /** Takes at once what was told by now. */
  drain(): void {
    this.#inbox?.drain();
  }

  /** Gives the threads that told something and have ended since it was last asked. A thread that another one made is not among them. */
  ended(): readonly number[] {
    return this.#over().filter((thread) => this.#workers.delete(thread) && this.#told.delete(thread));
  }

  /** Gives the threads that have told something, and are not known to have ended. */
  told(): Iterable<number> {
    return this.#told;
  }

  /** Listens no more; threads that are made later send by themselves. */
  stop(): void {
    process.removeListener('worker', this.#made);
    process.removeListener('exit', this.#atExit);
    this.#offer.end();
    this.#inbox?.close();
  }

  /** Node gives the number -1 to a thread that has ended; no listener of ours is on the app's object. */
  #over(): readonly number[] {
    return [...this.#workers].filter(([, worker]) => (worker.deref()?.threadId ?? -1) === -1).map(([thread]) => thread);
  }

  readonly #made = (worker: Worker): void => {
    // Where nobody asks after ended threads, those that told nothing are forgotten here.
    if (this.#workers.size >= MOST) for (const thread of this.#over()) if (!this.#told.has(thread)) this.#workers.delete(thread);
    this.#workers.set(worker.threadId, new WeakRef(worker));
    if (this.#inbox === undefined && !this.#isStarted) process.on('exit', this.#atExit);
    this.#inbox ??= openThreadInbox(THREADS, this.#take);
    this.#offer.toEnvironment();
  };
}
