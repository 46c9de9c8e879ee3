import type { Context } from '@opentelemetry/api';
import type { ExportAttributes, ExportPort } from '../call/export.ts';
import type { RecordCleaner } from './clean-records.ts';
import type { HostProviders } from './host-providers.ts';
import type { ApiModule } from './telemetry-settings.ts';

/** The severities in use, as OpenTelemetry counts them. */
export const SEVERITY = { DEBUG: 5, INFO: 9, WARN: 13, ERROR: 17 } as const;

/** A log record before it knows its trace. */
export interface LogEntry {
  readonly eventName: string;
  readonly severity: keyof typeof SEVERITY;
  readonly atMs: number;
  readonly body: string | undefined;
  readonly attributes: ExportAttributes;
  /** The context whose span the record belongs to. */
  readonly context: Context | undefined;
}

/** Writes log records: through the host's logger while it has one, else through our own exporters. */
export class LogEmitter {
  readonly #api: ApiModule;
  readonly #host: HostProviders | undefined;
  readonly #exporter: ExportPort;
  readonly #cleaner: RecordCleaner;

  /** @param host where to look for a logger of the host's own; none to never look */
  constructor(api: ApiModule, host: HostProviders | undefined, exporter: ExportPort, cleaner: RecordCleaner) {
    this.#api = api;
    this.#host = host;
    this.#exporter = exporter;
    this.#cleaner = cleaner;
  }

  /** Writes one record. */
  emit(entry: LogEntry): void {
    const logger = this.#host?.logger();
    if (logger !== undefined) {
      this.#cleaner.startBatch();
      const clean = this.#cleaner.log(this.#record(entry, true));
      logger.emit({
        timestamp: entry.atMs,
        severityNumber: clean.severityNumber,
        severityText: clean.severityText,
        eventName: clean.eventName,
        body: clean.body,
        attributes: clean.attributes,
        context: entry.context,
      });
      if (!this.#exporter.wantsHostRecords) return;
    }
    this.#exporter.log(this.#record(entry, logger !== undefined));
  }

  #record(entry: LogEntry, byHost: boolean): Parameters<ExportPort['log']>[0] {
    const span = entry.context === undefined ? undefined : this.#api.trace.getSpanContext(entry.context);
    return {
      atMs: entry.atMs,
      severityNumber: SEVERITY[entry.severity],
      severityText: entry.severity,
      eventName: entry.eventName,
      body: entry.body,
      attributes: entry.attributes,
      traceId: span?.traceId,
      spanId: span?.spanId,
      traceFlags: span?.traceFlags ?? 0,
      byHost,
    };
  }
}
