import { timers } from '../base/timers.ts';
import { notice } from '../base/diag.ts';
import type { Meter } from '../call/event.ts';
import type { ExportHealth, ExportPort, LogRecordData, MetricSource, SpanRecord } from '../call/export.ts';
import { ConsoleOutput } from './console/console-output.ts';
import { sendAtExit } from './exit/send-at-exit.ts';
import type { ExitJob } from './exit/exit-job.ts';
import type { BatchSettings, ExporterSettings, OtlpSettings } from './exporter-settings.ts';
import { JsonlOutput } from './jsonl/jsonl-output.ts';
import type { LocalOutput } from './local-output.ts';
import { LocalRecords } from './local-records.ts';
import { framed, grpcHeaders } from './otlp/grpc-message.ts';
import { postHeaders } from './otlp/http-client.ts';
import { MetricPusher } from './otlp/metric-pusher.ts';
import { OtlpRecordsExporter } from './otlp/otlp-records-exporter.ts';
import { logRequest, traceRequest, type Envelope } from './otlp/otlp-records.ts';
import { OtlpSender, type Quietly } from './otlp/otlp-sender.ts';
import { RecordQueue } from './record-queue.ts';
import { SignalStats, type Signal } from './signal-stats.ts';

/** Longest wait before a record is in a file or on a stream, in milliseconds. */
const LOCAL_DELAY_MS = 1000;

/** One signal of records on its way to OTLP. */
interface RecordLine<T> {
  readonly queue: RecordQueue<T>;
  readonly exporter: OtlpRecordsExporter<T>;
  readonly sender: OtlpSender;
}

/** Gives an address without userinfo and query, for `purser status`. */
const bare = (url: string): string => url.replace(/\/\/[^/?#]*@/, '//').replace(/[?#].*$/, '');

/** Everything that carries telemetry out of this process over its own exporters. */
class Exporters implements ExportPort {
  readonly wantsHostRecords: boolean;
  readonly #settings: ExporterSettings;
  readonly #stats: Readonly<Record<Signal, SignalStats>> = {
    traces: new SignalStats('traces'),
    metrics: new SignalStats('metrics'),
    logs: new SignalStats('logs'),
  };
  readonly #envelope: Envelope;
  readonly #quietly: Quietly;
  readonly #local: LocalRecords;
  readonly #localSpans: RecordQueue<SpanRecord>;
  readonly #localLogs: RecordQueue<LogRecordData>;
  readonly #traces: RecordLine<SpanRecord> | undefined;
  readonly #logs: RecordLine<LogRecordData> | undefined;
  readonly #metrics: { readonly pusher: MetricPusher; readonly sender: OtlpSender } | undefined;
  #source: MetricSource | undefined;
  #consoleTimer: NodeJS.Timeout | undefined;
  #over = false;
  #hurried = false;

  constructor(settings: ExporterSettings, quietly: Quietly) {
    this.#settings = settings;
    this.#quietly = quietly;
    const { cleaner, otlp, batch } = settings;
    this.#envelope = {
      version: settings.version,
      // Cleaned for each export: another rule of redaction may hold by then.
      get resource() {
        cleaner.startBatch();
        return cleaner.attributes(settings.resource, 'resource');
      },
    };
    this.#local = new LocalRecords(localOutputs(settings), cleaner);
    this.wantsHostRecords = this.#local.active;
    this.#localSpans = this.#localQueue('traces', batch.traces, (records) => this.#local.spans(records));
    this.#localLogs = this.#localQueue('logs', batch.logs, (records) => this.#local.logs(records));
    this.#traces = otlp.traces && this.#line('traces', otlp.traces, batch.traces, 'TraceRequest', (record) => cleaner.span(record), traceRequest);
    this.#logs = otlp.logs && this.#line('logs', otlp.logs, batch.logs, 'LogRequest', (record) => cleaner.log(record), logRequest);
    this.#metrics = otlp.metrics && this.#pusher(otlp.metrics);
  }

  span(record: SpanRecord): void {
    if (this.#local.active) this.#localSpans.push(record);
    if (!record.byHost) this.#traces?.queue.push(record);
  }

  log(record: LogRecordData): void {
    if (this.#local.active) this.#localLogs.push(record);
    if (!record.byHost) this.#logs?.queue.push(record);
  }

  connect(source: MetricSource, meter: Meter): void {
    for (const signal of Object.values(this.#stats)) signal.connect(meter);
    this.#source = source;
    this.#metrics?.pusher.connect(source);
    if (this.#settings.console?.metrics === true)
      this.#consoleTimer = timers.setInterval(() => this.#local.metrics(source), this.#settings.push.intervalMs).unref();
  }

  warmUp(): void {
    this.#traces?.sender.warmUp();
  }

  hurry(hurried: boolean): void {
    this.#hurried = hurried;
    for (const sender of this.#senders()) sender.hurry(hurried);
  }

  async flush(timeoutMs: number): Promise<void> {
    const work = Promise.all([...this.#queues().map((queue) => queue.flush()), this.#flushMetrics()]);
    let timer: NodeJS.Timeout | undefined;
    // Exports hold no handle of their own; this timer keeps the process alive until they are through, and no longer than it says.
    const late = new Promise<void>((resolve) => void (timer = timers.setTimeout(resolve, timeoutMs)));
    await Promise.race([work, late]);
    timers.clearTimeout(timer);
  }

  flushAtExit(timeoutMs: number): void {
    if (this.#over) return;
    this.#over = true;
    this.#local.spans(this.#localSpans.drain());
    this.#local.logs(this.#localLogs.drain());
    if (this.#settings.console?.metrics === true) this.#local.metrics(this.#source);
    const jobs = this.#exitJobs();
    if (jobs.length > 0 && !sendAtExit(jobs, timeoutMs)) this.#stats.traces.failed('exit');
  }

  async shutdown(timeoutMs: number): Promise<void> {
    await this.flush(timeoutMs);
    this.#over = true;
    timers.clearInterval(this.#consoleTimer);
    for (const queue of this.#queues()) queue.close();
    this.#metrics?.pusher.close();
    for (const sender of this.#senders()) sender.close();
  }

  health(): ExportHealth {
    const { traces, metrics, logs } = this.#stats;
    const destinations = [...this.#senders()].map((sender) => bare(sender.settings.url));
    if (this.#settings.jsonl !== undefined) destinations.push(this.#settings.jsonl.path);
    if (this.#local.names.includes('console')) destinations.push(this.#settings.console?.stream ?? 'stdout');
    return { signals: { traces: traces.health(), metrics: metrics.health(), logs: logs.health() }, destinations };
  }

  #queues(): readonly RecordQueue<SpanRecord | LogRecordData>[] {
    const all = [this.#localSpans, this.#localLogs, this.#traces?.queue, this.#logs?.queue];
    return all.filter((queue) => queue !== undefined) as RecordQueue<SpanRecord | LogRecordData>[];
  }

  #senders(): readonly OtlpSender[] {
    return [this.#traces?.sender, this.#metrics?.sender, this.#logs?.sender].filter((sender) => sender !== undefined);
  }

  async #flushMetrics(): Promise<void> {
    if (this.#settings.console?.metrics === true) this.#local.metrics(this.#source);
    await this.#metrics?.pusher.push();
  }

  #exitJobs(): readonly ExitJob[] {
    const jobs: ExitJob[] = [];
    const add = (settings: OtlpSettings, body: Buffer): void =>
      void jobs.push({
        url: settings.url,
        headers: settings.protocol === 'grpc' ? grpcHeaders(settings, this.#userAgent()) : postHeaders(settings, this.#userAgent()),
        timeoutMs: settings.timeoutMs,
        tls: settings.tls,
        body: settings.protocol === 'grpc' ? framed(body, settings.compression) : body,
        grpc: settings.protocol === 'grpc',
      });
    const records = <T>(line: RecordLine<T> | undefined): void => {
      const left = line?.queue.drain() ?? [];
      if (line !== undefined && left.length > 0) add(line.sender.settings, line.exporter.encodeNow(left));
    };
    records(this.#traces);
    records(this.#logs);
    const state = this.#metrics?.pusher.encodeNow();
    if (this.#metrics !== undefined && state !== undefined) add(this.#metrics.sender.settings, state);
    return jobs;
  }

  #userAgent(): string {
    return `purser/${this.#settings.version} (OTLP; node/${process.versions.node})`;
  }

  #localQueue<T>(signal: Signal, batch: BatchSettings, deliver: (records: readonly T[]) => ReturnType<LocalRecords['spans']>): RecordQueue<T> {
    return new RecordQueue<T>({
      batch: { ...batch, delayMs: Math.min(batch.delayMs, LOCAL_DELAY_MS) },
      deliver,
      onOverflow: () => this.#stats[signal].dropped(1, 'local_queue_full'),
      onSize: () => undefined,
    });
  }

  #line<T>(
    signal: Signal,
    otlp: OtlpSettings,
    batch: BatchSettings,
    type: string,
    clean: (record: T) => T,
    message: (records: readonly T[], envelope: Envelope) => ReturnType<typeof traceRequest>,
  ): RecordLine<T> {
    const stats = this.#stats[signal];
    const sender = new OtlpSender(otlp, type, this.#userAgent(), this.#quietly);
    const startBatch = (): void => this.#settings.cleaner.startBatch();
    const onFailure = (reason: string): void => this.#sayFailure(otlp, reason);
    const exporter = new OtlpRecordsExporter<T>({ sender, stats, startBatch, clean, message: (records) => message(records, this.#envelope), onFailure });
    const onOverflow = (): void => stats.dropped(1, 'queue_full');
    const queue = new RecordQueue<T>({ batch, deliver: (records) => exporter.deliver(records), onOverflow, onSize: (size) => stats.queued(size) });
    return { queue, exporter, sender };
  }

  #pusher(otlp: OtlpSettings): { readonly pusher: MetricPusher; readonly sender: OtlpSender } {
    const sender = new OtlpSender(otlp, 'MetricRequest', this.#userAgent(), this.#quietly);
    const { push, clock } = this.#settings;
    const onFailure = (reason: string): void => this.#sayFailure(otlp, reason);
    return { sender, pusher: new MetricPusher({ sender, stats: this.#stats.metrics, envelope: this.#envelope, push, clock, onFailure }) };
  }

  #sayFailure(otlp: OtlpSettings, reason: string): void {
    // The last words on the terminal are the app's.
    if (this.#hurried) return;
    notice(`export_${bare(otlp.url)}`, `telemetry could not be sent to ${bare(otlp.url)}: ${this.#settings.cleaner.status(reason)}`);
  }
}

const localOutputs = (settings: ExporterSettings): readonly LocalOutput[] => {
  const outputs: LocalOutput[] = [];
  if (settings.jsonl !== undefined) outputs.push(new JsonlOutput(settings.jsonl.path));
  const text = settings.console;
  if (text !== undefined && (text.traces || text.metrics || text.logs)) outputs.push(new ConsoleOutput(text));
  return outputs;
};

/**
 * Makes the exporters that the settings ask for. Nothing is loaded and nothing is connected before the first export is due.
 * `quietly` runs an export so that instrumentations of the host make no spans of it.
 */
export const createExporters = (settings: ExporterSettings, quietly: Quietly = (work) => work()): ExportPort => new Exporters(settings, quietly);
