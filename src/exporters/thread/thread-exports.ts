import { timers } from '../../base/timers.ts';
import { BroadcastChannel, threadId } from 'node:worker_threads';
import { guard } from '../../base/diag.ts';
import type { ExportHealth, ExportPort, LogRecordData, Measurement, MetricSource, SignalHealth, SpanRecord } from '../../call/export.ts';
import type { ThreadMessage } from './thread-message.ts';

/** What a thread needs to know that hands over what it has to tell. */
export interface ThreadExportsSettings {
  /** The channel on which the main thread listens. */
  readonly channel: string;
  /** Whether the main thread writes to this machine what a host exports itself. */
  readonly wantsHostRecords: boolean;
  /** How often what nobody asked for is told, in milliseconds. */
  readonly intervalMs: number;
}

const NOTHING: SignalHealth = { exported: 0, dropped: 0, failures: 0, queued: 0, lastError: undefined };

type Waiting = { -readonly [part in Exclude<keyof ThreadMessage, 'thread'>]: ThreadMessage[part][number][] };

const nothing = (): Waiting => ({ secrets: [], spans: [], logs: [], measurements: [] });

/** Hands all that a worker thread has to tell over to the main thread, which sends it: a thread may be ended at any moment without a word. */
export class ThreadExports implements ExportPort {
  readonly wantsHostRecords: boolean;
  readonly #settings: ThreadExportsSettings;
  #waiting = nothing();
  #isAsked = false;
  #source: MetricSource | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param settings where the main thread listens */
  constructor(settings: ThreadExportsSettings) {
    this.#settings = settings;
    this.wantsHostRecords = settings.wantsHostRecords;
  }

  span(record: SpanRecord): void {
    if (record.byHost && !this.wantsHostRecords) return;
    this.#waiting.spans.push(record);
    this.#soon();
  }

  log(record: LogRecordData): void {
    if (record.byHost && !this.wantsHostRecords) return;
    this.#waiting.logs.push(record);
    this.#soon();
  }

  readonly measured = (measurement: Measurement): void => {
    this.#waiting.measurements.push(measurement);
    this.#soon();
  };

  /** Tells a secret that was learnt, before all that may hold it. */
  learnt(secret: string): void {
    this.#waiting.secrets.push(secret);
    this.#soon();
  }

  connect(source: MetricSource): void {
    this.#source = source;
    this.#timer = timers.setInterval(() => this.#count(), this.#settings.intervalMs).unref();
  }

  warmUp(): void {}

  hurry(): void {}

  flush(): Promise<void> {
    this.flushAtExit();
    return Promise.resolve();
  }

  flushAtExit(): void {
    this.#count();
    this.#handOver();
  }

  shutdown(): Promise<void> {
    timers.clearInterval(this.#timer);
    return this.flush();
  }

  health(): ExportHealth {
    return { signals: { traces: NOTHING, metrics: NOTHING, logs: NOTHING }, destinations: ['the main thread'] };
  }

  /** What was reported while nobody looked, such as faults, is counted when somebody does. */
  #count(): void {
    guard('thread_collect', () => this.#source?.collect());
  }

  // Once for each turn: before the app goes on with its answer, after which it may end the thread, or block it until there is more to do.
  #soon(): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    timers.queueMicrotask(() => this.#handOver());
  }

  #handOver(): void {
    this.#isAsked = false;
    const waiting = this.#waiting;
    if (Object.values(waiting).every(({ length }) => length === 0)) return;
    this.#waiting = nothing();
    const message: ThreadMessage = { thread: threadId, ...waiting };
    try {
      this.#post(message);
    } catch {
      // The app may have set an attribute that cannot be copied, such as a function.
      guard('thread_hand_over', () => this.#post(JSON.parse(JSON.stringify(message)) as ThreadMessage));
    }
  }

  /** Opened for each message: who holds a channel open is told what all other threads say. */
  #post(message: ThreadMessage): void {
    const channel = new BroadcastChannel(this.#settings.channel);
    try {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel between threads has no origin
      channel.postMessage(message);
    } finally {
      channel.close();
    }
  }
}
