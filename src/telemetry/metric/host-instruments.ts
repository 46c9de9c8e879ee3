import type { Meter as ApiMeter } from '@opentelemetry/api';
import { guard } from '../../base/diag.ts';
import type { Measurement } from '../../call/export.ts';
import type { MetricEntry } from '../catalog/metrics.ts';
import type { MetricRegistry } from './metric-registry.ts';
import type { HostInstrument } from './series.ts';

const make = (meter: ApiMeter, entry: MetricEntry): HostInstrument => {
  const options = { unit: entry.unit, description: entry.description };
  switch (entry.kind) {
    case 'counter': {
      const counter = meter.createCounter(entry.name, options);
      return (value, attributes, context) => counter.add(value, attributes, context);
    }
    case 'updown': {
      const counter = meter.createUpDownCounter(entry.name, options);
      return (value, attributes, context) => counter.add(value, attributes, context);
    }
    case 'gauge': {
      const gauge = meter.createGauge(entry.name, options);
      return (value, attributes, context) => gauge.record(value, attributes, context);
    }
    case 'histogram': {
      const histogram = meter.createHistogram(entry.name, { ...options, advice: { explicitBucketBoundaries: [...(entry.buckets ?? [])] } });
      return (value, attributes, context) => histogram.record(value, attributes, context);
    }
  }
};

const tell =
  (measured: (measurement: Measurement) => void, metric: string): HostInstrument =>
  (value, attributes, _, origin) =>
    measured({ metric, value, attributes, origin });

/**
 * Points every metric at an instrument of the host's meter. Without one it is pointed at `measured`, where the metrics are added up elsewhere, or at nothing.
 * What was counted before stays with us; how things stand, it is told at once: calls that run are taken off again when they end, and some gauges are set once an hour or once.
 */
export const bindHostMeter = (registry: MetricRegistry, meter: ApiMeter | undefined, measured: ((measurement: Measurement) => void) | undefined): void => {
  registry.elsewhere = meter === undefined ? measured : undefined;
  for (const instrument of registry.instruments.values()) {
    const { entry } = instrument;
    const elsewhere = measured && tell(measured, entry.name);
    instrument.host = meter === undefined ? elsewhere : guard('host_instrument', () => make(meter, entry));
    if (meter !== undefined && (entry.kind === 'gauge' || entry.kind === 'updown')) guard('host_instrument', () => instrument.tellHost());
  }
};
