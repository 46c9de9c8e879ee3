import { notice } from '../base/diag.ts';
import { presentAttributes, type LogRecordData, type MetricSource, type SpanRecord } from '../call/export.ts';
import type { Cleaner } from './exporter-settings.ts';
import type { LocalOutput } from './local-output.ts';
import type { Delivery } from './record-queue.ts';

const GONE: Delivery = { done: Promise.resolve(), gone: () => true };

/** Writes cleaned records to the outputs on this machine. A file that cannot be written is told of once, counted each time, and never felt. */
export class LocalRecords {
  readonly #outputs: readonly LocalOutput[];
  readonly #cleaner: Cleaner;

  /** @param outputs files and streams; none is fine */
  constructor(outputs: readonly LocalOutput[], cleaner: Cleaner) {
    this.#outputs = outputs;
    this.#cleaner = cleaner;
  }

  /** Whether there is any output. */
  get active(): boolean {
    return this.#outputs.length > 0;
  }

  /** The names of the outputs. */
  get names(): readonly string[] {
    return this.#outputs.map((output) => output.name);
  }

  /** Writes spans at once. */
  spans(records: readonly SpanRecord[]): Delivery {
    this.#cleaner.startBatch();
    const clean = records.map((record) => {
      const span = this.#cleaner.span(record);
      return { ...span, attributes: presentAttributes(span.attributes) };
    });
    return this.#each((output) => output.spans(clean));
  }

  /** Writes log records at once. */
  logs(records: readonly LogRecordData[]): Delivery {
    this.#cleaner.startBatch();
    const clean = records.map((record) => this.#cleaner.log(record));
    return this.#each((output) => output.logs(clean));
  }

  /** Writes the present state of the metrics at once. */
  metrics(source: MetricSource | undefined): void {
    if (source === undefined || !this.active) return;
    const families = source.collect();
    this.#each((output) => output.metrics(families));
  }

  #each(write: (output: LocalOutput) => void): Delivery {
    for (const output of this.#outputs) {
      try {
        write(output);
      } catch (error) {
        // Who asked for a file would otherwise find it empty, and nothing that says why.
        notice(`output_${output.name}`, `the ${output.name} output is not written: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    return GONE;
  }
}
