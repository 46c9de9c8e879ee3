import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { notice, guard } from '../base/diag.ts';
import { systemClock } from '../base/clock.ts';
import { VERSION } from '../base/version.ts';
import type { ExportAttributes, ExportPort } from '../call/export.ts';
import type { Redactor } from '../call/redactor.ts';
import type { Config } from '../config/config.ts';
import { otlpTarget, type Signal } from '../config/otlp.ts';
import { createExporters } from '../exporters/create-exporters.ts';
import type { OtlpSettings } from '../exporters/exporter-settings.ts';
import { cleanResourceAttributes } from '../redaction/resource.ts';
import { RecordCleaner } from '../telemetry/clean-records.ts';
import { instanceId } from './instance-id.ts';

const pem = (file: string | undefined): string | undefined => {
  if (file === undefined) return undefined;
  const text = guard('otlp.certificate', () => readFileSync(file, 'utf8'));
  if (text === undefined) notice('otlp.certificate', `the certificate ${basename(file)} cannot be read`);
  return text;
};

const target = (config: Config, signal: Signal): OtlpSettings => {
  const { tls: files, ...where } = otlpTarget(config, signal);
  const ca = pem(files.ca);
  const cert = pem(files.cert);
  const key = pem(files.key);
  const tls = { ...(ca === undefined ? {} : { ca }), ...(cert === undefined ? {} : { cert }), ...(key === undefined ? {} : { key }) };
  return { ...where, ...(Object.keys(tls).length === 0 ? {} : { tls }) };
};

/**
 * The resource: what the owner says of this process, and the names that every back end wants. Command lines are never in it.
 * @source OpenTelemetry specification, environment variables: OTEL_SERVICE_NAME goes before a `service.name` in OTEL_RESOURCE_ATTRIBUTES
 */
const resource = ({ labels, otel }: Config): ExportAttributes => ({
  'service.name': 'unknown_service:node',
  ...(labels.environment === undefined ? {} : { 'deployment.environment.name': labels.environment }),
  'telemetry.sdk.language': 'nodejs',
  'telemetry.distro.name': 'purser',
  'telemetry.distro.version': VERSION,
  'process.pid': process.pid,
  'process.runtime.name': 'nodejs',
  'process.runtime.version': process.versions.node,
  ...otel.resourceAttributes,
  ...(labels.service === undefined ? {} : { 'service.name': labels.service }),
  'service.instance.id': instanceId(otel.resourceAttributes['service.instance.id']),
});

/** Makes the exporters that the config asks for. Opens nothing until there is something to send. */
export const createExports = (config: Config, redactor: Redactor, quietly: <T>(work: () => T) => T): ExportPort => {
  const { exporters, otel, telemetry, batch, metrics, jsonl } = config;
  const on = (signal: Signal, to: 'otlp' | 'console'): boolean => !otel.disabled && (exporters[signal] as readonly string[]).includes(to);
  const records = { maxQueue: batch.maxQueueSize, maxBatch: batch.maxExportSize, delayMs: batch.scheduleDelayMs };
  const cleaner = new RecordCleaner(redactor, otel.attributeValueLengthLimit, telemetry.contentMaxLength);
  return createExporters(
    {
      version: VERSION,
      resource: cleanResourceAttributes(redactor, resource(config)) as ExportAttributes,
      cleaner,
      clock: systemClock,
      otlp: {
        ...(on('traces', 'otlp') ? { traces: target(config, 'traces') } : {}),
        ...(on('metrics', 'otlp') ? { metrics: target(config, 'metrics') } : {}),
        ...(on('logs', 'otlp') ? { logs: target(config, 'logs') } : {}),
      },
      batch: { traces: records, logs: records },
      push: { intervalMs: metrics.intervalMs, temporality: metrics.temporality },
      console: { traces: on('traces', 'console'), metrics: on('metrics', 'console'), logs: on('logs', 'console'), stream: 'stdout' },
      ...(jsonl.file === undefined ? {} : { jsonl: { path: jsonl.file } }),
    },
    quietly,
  );
};
