import type { BatchSettings, MetricPushSettings } from '../../src/exporters/exporter-settings.ts';

/** The batch settings that OpenTelemetry prescribes. @source https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ */
export const PLAIN_BATCH: BatchSettings = { maxQueue: 2048, maxBatch: 512, delayMs: 5000 };

/** The push settings that OpenTelemetry prescribes. */
export const PLAIN_PUSH: MetricPushSettings = { intervalMs: 60_000, temporality: 'cumulative' };
