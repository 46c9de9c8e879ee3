import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import { VERSION } from '../base/version.ts';
import { environment } from '../config/environment.ts';

/** The channel on which the main thread listens, and where it leaves its offer, which its threads inherit. */
export const THREADS = `purser ${VERSION}`;

/** Nobody listens; who has the environment that is marked may hand over; who has the settings that are marked may. */
const NOBODY = 0;
const ENVIRONMENT = 1;
const SETTINGS = 2;

/** A number that tells texts apart. @source FNV-1a, 32 bits */
const markOf = (text: string): number => {
  let mark = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) mark = Math.imul(mark ^ text.charCodeAt(at), 0x01000193);
  return mark;
};

/** The shortest value that may be a secret. What is shorter, such as the number that a pool gives each of its workers, changes nothing of ours. */
const TELLING = 8;

/** The same for the same variables in any order; of our own and OpenTelemetry's each one counts. */
const environmentMark = (): number => {
  let mark = 0;
  for (const [name, value = ''] of Object.entries(environment()))
    if (value.length >= TELLING || /^(?:PURSER|OTEL)_/.test(name)) mark ^= markOf(`${name}=${value}`);
  return mark;
};

/** What the main thread offers its threads: to hand over to it what they have to tell, while they would tell it in the same way. It may change at any time. */
export class ThreadOffer {
  readonly #cells = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));

  /** Made once in a process, by the main thread; threads that are made from now on inherit it. */
  constructor() {
    setEnvironmentData(THREADS, this.#cells);
  }

  /** To who has our environment; unless the settings are known, which say more. */
  toEnvironment(): void {
    if (Atomics.load(this.#cells, 0) !== SETTINGS) this.#offer(ENVIRONMENT, environmentMark());
  }

  /** To who has these settings. */
  toSettings(text: string): void {
    this.#offer(SETTINGS, markOf(text));
  }

  /** To nobody any more. */
  end(): void {
    Atomics.store(this.#cells, 0, NOBODY);
  }

  #offer(kind: number, mark: number): void {
    Atomics.store(this.#cells, 1, mark);
    Atomics.store(this.#cells, 0, kind);
  }
}

/** Whether the main thread of this worker thread offers what holds for it. @param settings all that tells one way of exporting from another */
export const isOffered = (settings: string): boolean => {
  const cells = getEnvironmentData(THREADS) as Int32Array | undefined;
  if (cells === undefined) return false;
  const kind = Atomics.load(cells, 0);
  const mark = Atomics.load(cells, 1);
  return (kind === SETTINGS && mark === markOf(settings)) || (kind === ENVIRONMENT && mark === environmentMark());
};
