import { fault, reportedFaults } from '../base/diag.ts';
import type { GovernanceEvent } from '../call/event.ts';
import type { MetricFamily, MetricSource } from '../call/export.ts';
import { CallRecorder } from './call-recorder.ts';
import { RecordCleaner } from './clean-records.ts';
import { HostProviders } from './host-providers.ts';
import { LogEmitter } from './log-emitter.ts';
import { CallLabels } from './metric/call-labels.ts';
import { CallMetrics } from './metric/call-metrics.ts';
import { bindHostMeter } from './metric/host-instruments.ts';
import { LabelCap } from './metric/label-cap.ts';
import { MetricRegistry } from './metric/metric-registry.ts';
import { SpanOpener } from './span/open-span.ts';
import type { TelemetryParts } from './telemetry-parts.ts';
import type { Telemetry, TelemetryHealth, TelemetrySettings } from './telemetry-settings.ts';

const SEVERITIES = { info: 'INFO', warning: 'WARN', error: 'ERROR' } as const;

const makeRegistry = (settings: TelemetrySettings): { registry: MetricRegistry; cap: LabelCap } => {
  const cap = new LabelCap({
    cap: Math.max(1, settings.labelCap),
    clean: (value) => settings.redactor.text(value, 'metric_label'),
    generation: () => settings.redactor.generation(),
    onOverflow: (label) => registry.find('purser.labels.overflow')?.series({ 'purser.label': label }).add(1),
  });
  const registry: MetricRegistry = new MetricRegistry(settings.profiles, cap, () => settings.clock.nowMs());
  return { registry, cap };
};

/** The faults were counted where they were reported; here they become a metric. */
const countFaults = (registry: MetricRegistry): void => {
  for (const [cause, times] of reportedFaults()) {
    const series = registry.find('purser.faults')?.series({ 'purser.cause': cause });
    if (series !== undefined && times > series.value) series.add(times - series.value);
  }
};

const collect = (parts: TelemetryParts): readonly MetricFamily[] => {
  const { registry, exporter } = parts;
  parts.findHost();
  parts.renewLabels();
  countFaults(registry);
  for (const [signal, { queued }] of Object.entries(exporter.health().signals)) registry.set('purser.telemetry.queue', queued, { 'purser.signal': signal });
  return registry.collect();
};

const makeParts = (settings: TelemetrySettings, host: HostProviders): TelemetryParts => {
  const { api, profiles, content, exporter, clock } = settings;
  const { registry, cap } = makeRegistry(settings);
  const cleaner = new RecordCleaner(settings.redactor, settings.limits.valueLength, settings.contentLength);
  const labels = new CallLabels(registry, cap);
  const renewLabels = (): void => {
    if (registry.renew()) labels.forget();
  };
  let bound: unknown;
  const { measured } = exporter;
  if (measured !== undefined) bindHostMeter(registry, undefined, measured);
  return {
    api,
    profiles,
    content,
    exporter,
    cleaner,
    registry,
    opener: new SpanOpener(settings, host, cleaner),
    metrics: new CallMetrics(registry, labels, profiles.includes('v1.41')),
    logs: new LogEmitter(api, settings.attach ? host : undefined, exporter, cleaner),
    now: () => clock.nowMs(),
    countsForHost: () => bound !== undefined,
    renewLabels,
    findHost: () => {
      const meter = settings.attach ? host.meter() : undefined;
      // The host's SDK collects by itself: what it is told from now on is clean.
      if (meter !== undefined) renewLabels();
      if (meter === bound) return;
      bound = meter;
      bindHostMeter(registry, meter, measured);
    },
  };
};

/** Facts of an event that have no name of the catalog get one of its family. */
const named = (attributes: GovernanceEvent['attributes']): GovernanceEvent['attributes'] =>
  Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name.includes('.') ? name : `purser.event.${name}`, value]));

const emitter =
  (parts: TelemetryParts) =>
  (event: GovernanceEvent): void => {
    try {
      parts.logs.emit({
        eventName: event.name,
        severity: SEVERITIES[event.severity],
        atMs: event.atMs,
        body: event.message,
        attributes: { ...named(event.attributes), 'purser.event.severity': event.severity, 'purser.event.key': event.dedupeKey },
        context: undefined,
      });
    } catch (error) {
      fault('event_emit', error);
    }
  };

/**
 * Makes spans, metrics and events of the house. Nothing of the OpenTelemetry SDK is loaded, and no global is registered: while the
 * host has providers of its own, spans, metrics and logs go through them, else through `settings.exporter`.
 */
export const createTelemetry = (settings: TelemetrySettings): Telemetry => {
  const { exporter, api } = settings;
  const host = new HostProviders(api, settings.version);
  const parts = makeParts(settings, host);
  const recorder = new CallRecorder(parts);
  const hosted = (): boolean => settings.attach && host.meter() !== undefined;
  const metrics: MetricSource = { byHost: hosted, collect: () => collect(parts) };
  exporter.connect(metrics, parts.registry);
  const health = (): TelemetryHealth => ({
    ...exporter.health(),
    mode: settings.attach && host.tracer() !== undefined ? 'host' : 'own',
    spansStarted: recorder.counts.started,
    spansEnded: recorder.counts.ended,
    spansOpen: recorder.counts.started - recorder.counts.ended,
    series: [...parts.registry.instruments.values()].reduce((sum, instrument) => sum + instrument.size, 0),
  });
  return {
    start: (call, parent) => recorder.start(call, parent),
    startTool: (tool, parent) => recorder.startTool(tool, parent),
    meter: parts.registry,
    metrics,
    take: (measurement, thread) => parts.registry.take(measurement, thread),
    letGo: (thread) => parts.registry.letGo(thread),
    emit: emitter(parts),
    warmUp: () => exporter.warmUp(),
    flush: (timeoutMs) => exporter.flush(timeoutMs),
    hurry: (hurried) => exporter.hurry(hurried),
    flushAtExit: (timeoutMs) => exporter.flushAtExit(timeoutMs),
    shutdown: (timeoutMs) => exporter.shutdown(timeoutMs),
    health,
  };
};
