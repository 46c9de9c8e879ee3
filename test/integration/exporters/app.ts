// A small app with telemetry: what it does is said on its command line.
import * as api from '@opentelemetry/api';
import { systemClock } from '../../../src/base/clock.ts';
import { createExporters } from '../../../src/exporters/create-exporters.ts';
import type { OtlpSettings } from '../../../src/exporters/exporter-settings.ts';
import { PLAIN_BATCH, PLAIN_PUSH } from '../../support/plain-export.ts';
import { RecordCleaner } from '../../../src/telemetry/clean-records.ts';
import { createTelemetry } from '../../../src/telemetry/create-telemetry.ts';
import { PLAIN_TELEMETRY } from '../../support/plain-telemetry.ts';
import { chatCall, completed, maskingRedactor } from '../../unit/telemetry/samples.ts';

const [what = '', url = '', calls = '1', protocol] = process.argv.slice(2);
const METHODS: Readonly<Record<string, string>> = { traces: 'trace.v1.TraceService', metrics: 'metrics.v1.MetricsService', logs: 'logs.v1.LogsService' };
const target = (signal: string): OtlpSettings => ({
  ...(protocol === 'grpc'
    ? { url: `${url}/opentelemetry.proto.collector.${METHODS[signal]}/Export`, protocol }
    : { url: `${url}/v1/${signal}`, protocol: 'http/protobuf' }),
  headers: {},
  timeoutMs: 10_000,
  compression: 'none',
});
const redactor = maskingRedactor('hunter2');
const exporter = createExporters({
  version: '0',
  resource: { 'service.name': 'app' },
  cleaner: new RecordCleaner(redactor),
  clock: systemClock,
  otlp: { traces: target('traces'), metrics: target('metrics'), logs: target('logs') },
  batch: { traces: { ...PLAIN_BATCH, maxQueue: 10_000 }, logs: PLAIN_BATCH },
  // What arrives twice shows in differences.
  push: { ...PLAIN_PUSH, temporality: what === 'exit-in-flight' ? 'delta' : 'cumulative' },
});
const telemetry = createTelemetry({ ...PLAIN_TELEMETRY, api, version: '0', exporter, redactor, clock: systemClock });
for (let call = 0; call < Number(calls); call += 1) telemetry.start(chatCall()).end(completed(), {});

process.on('exit', () => {
  const began = performance.now();
  telemetry.flushAtExit(2000);
  process.stderr.write(JSON.stringify({ exitMs: Math.round(performance.now() - began) }));
});

if (what === 'exit') process.exit(7);
if (what === 'throw') throw new Error('the app fails');
if (what === 'exit-in-flight') {
  void telemetry.flush(10_000);
  setTimeout(() => process.exit(7), 150);
}
