import { isMainThread } from 'node:worker_threads';
import { guard } from '../base/diag.ts';
import type { Meter } from '../call/event.ts';
import type { ExportPort, Measurement } from '../call/export.ts';
import type { Config } from '../config/config.ts';
import type { ProcessSecret } from '../config/secrets.ts';
import { ThreadExports } from '../exporters/thread/thread-exports.ts';
import type { ThreadMessage } from '../exporters/thread/thread-message.ts';
import { exportsWith } from './exports-with.ts';
import { isOffered, THREADS } from './thread-offer.ts';
import type { ThreadWatch } from './thread-watch.ts';

/** All that tells one way of exporting from another. */
const settingsText = (config: Config, secrets: readonly ProcessSecret[]): string => {
  const { exporters, otel, telemetry, batch, metrics, jsonl, labels, redaction, prometheus } = config;
  // A thread lists the same environment in another order, and of two names of one secret another one comes first.
  const values = secrets.map(({ value }) => value).toSorted();
  return JSON.stringify([exporters, otel, telemetry, batch, metrics, jsonl, labels, redaction, prometheus, values]);
};

/** Makes the exports of a thread that sends by itself. */
export type Exports = () => ExportPort;

/** How a thread exports, and what it has to do with the others of its process. */
export interface ThreadedExports {
  readonly port: ExportPort;
  /** Whether all goes to the main thread, which sends it. */
  readonly handsOver: boolean;
  /** Tells a secret that this thread has learnt. */
  learnt(secret: string): void;
  /** Says where measurements and secrets of other threads go; nothing arrives before. */
  connect(target: ThreadTarget): void;
  /** Takes what another thread has to tell. */
  take(message: ThreadMessage): void;
  /** Gives how often other threads have told something by now. */
  heard(): number;
  /** How many calls of other threads have ended. */
  readonly calls: number;
}

/** What the exports of a thread follow from. */
export interface ThreadSettings {
  readonly config: Config;
  readonly secrets: readonly ProcessSecret[];
  /** The main thread's ear for its worker threads; none in a worker thread. */
  readonly watch: ThreadWatch | undefined;
}

/**
 * Gives the exports of this thread. A worker thread whose main thread has Purser with the same settings hands over to it; one that was given an environment
 * or a main thread of another kind sends by itself.
 */
export const threadedExports = ({ config, secrets, watch }: ThreadSettings, own: Exports): ThreadedExports => {
  const settings = settingsText(config, secrets);
  if (watch !== undefined) {
    watch.started(settings);
    return new Threads(own(), watch);
  }
  const alone = { handsOver: false, learnt: () => undefined, connect: () => undefined, take: () => undefined, heard: () => 0, calls: 0 };
  if (isMainThread || !isOffered(settings)) return { ...alone, port: own() };
  const wantsHostRecords = config.jsonl.file !== undefined || Object.values(config.exporters).some((names) => (names as readonly string[]).includes('console'));
  const port = new ThreadExports({ channel: THREADS, wantsHostRecords, intervalMs: config.metrics.intervalMs });
  return { ...alone, port, handsOver: true, learnt: (secret) => port.learnt(secret) };
};

/** Where what worker threads have to tell goes on. */
export interface ThreadTarget {
  readonly meter: Meter;
  /** Counts a measurement. */
  take(measurement: Measurement, thread: number): void;
  /** Lets go of what stood for a thread that has ended; gives how many of its calls nobody will tell of. */
  letGo(thread: number): number;
  learnSecret(secret: string): void;
}

/** The main thread's side: takes what its worker threads have to tell into its own exports and metrics. */
class Threads implements ThreadedExports {
  readonly handsOver = false;
  calls = 0;
  #heard = 0;
  readonly #exports: ExportPort;
  readonly #watch: ThreadWatch;
  #target: ThreadTarget | undefined;

  /** @param exports the main thread's own */
  constructor(exports: ExportPort, watch: ThreadWatch) {
    this.#exports = exports;
    this.#watch = watch;
  }

  learnt(): void {}

  connect(target: ThreadTarget): void {
    this.#target = target;
  }

  /** The main thread's exports, which look what was told whenever they are asked for it. */
  get port(): ExportPort {
    const exports = this.#exports;
    return exportsWith(exports, {
      connect: (source, meter) =>
        exports.connect(
          {
            byHost: () => source.byHost(),
            collect: () => {
              this.#look();
              return source.collect();
            },
          },
          meter,
        ),
      flush: (timeoutMs) => {
        this.#look();
        return exports.flush(timeoutMs);
      },
      flushAtExit: (timeoutMs) => {
        guard('threads_end', () => this.#end());
        exports.flushAtExit(timeoutMs);
      },
      shutdown: (timeoutMs) => {
        this.#look();
        this.#watch.stop();
        return exports.shutdown(timeoutMs);
      },
    });
  }

  take({ thread, secrets, spans, logs, measurements }: ThreadMessage): void {
    this.#heard += 1;
    for (const secret of secrets) this.#target?.learnSecret(secret);
    for (const span of spans) this.#exports.span(span);
    for (const log of logs) this.#exports.log(log);
    for (const measurement of measurements) {
      this.#target?.take(measurement, thread);
      if (measurement.metric === 'purser.calls') this.calls += measurement.value ?? 0;
    }
  }

  heard(): number {
    this.#watch.drain();
    return this.#heard;
  }

  #look(): void {
    this.#watch.drain();
    for (const thread of this.#watch.ended()) this.#ended(thread);
  }

  /** All threads end with the process. */
  #end(): void {
    this.#look();
    for (const thread of this.#watch.told()) this.#ended(thread);
  }

  /** Calls that ran in a thread that was ended are told of by nobody: they are counted as lost. */
  #ended(thread: number): void {
    const lost = this.#target?.letGo(thread) ?? 0;
    if (lost > 0) this.#target?.meter.add('purser.telemetry.dropped', lost, { 'purser.signal': 'traces', 'purser.reason': 'thread_ended' });
  }
}
