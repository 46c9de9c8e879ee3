import { inspect } from 'node:util';
import type { LogRecordData, MetricFamily, SpanRecord } from '../../call/export.ts';
import type { ConsoleSettings } from '../exporter-settings.ts';
import type { LocalOutput } from '../local-output.ts';

const show = (value: unknown): string => `${inspect(value, { depth: 6, breakLength: 160, maxStringLength: 2000 })}\n`;

/** Writes signals as text to a stream of the process, because the owner asked for the console exporter. */
export class ConsoleOutput implements LocalOutput {
  readonly name = 'console';
  readonly #settings: ConsoleSettings;
  readonly #write: (text: string) => void;

  /** @param write takes text; the stream of the settings when not given */
  constructor(settings: ConsoleSettings, write: (text: string) => void = (text) => void process[settings.stream].write(text)) {
    this.#settings = settings;
    this.#write = write;
  }

  spans(records: readonly SpanRecord[]): void {
    if (this.#settings.traces) for (const record of records) this.#write(show(record));
  }

  logs(records: readonly LogRecordData[]): void {
    if (this.#settings.logs) for (const record of records) this.#write(show(record));
  }

  metrics(families: readonly MetricFamily[]): void {
    if (!this.#settings.metrics) return;
    for (const { name, unit, points } of families.filter((family) => family.points.length > 0))
      this.#write(
        show({
          metric: name,
          unit,
          series: points.map(({ attributes, value, histogram }) => ({
            ...attributes,
            ...(histogram === undefined ? { value } : { count: histogram.count, sum: histogram.sum }),
          })),
        }),
      );
  }
}
