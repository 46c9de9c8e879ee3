import type { Meter as ApiMeter } from '@opentelemetry/api';
import { guard } from '../../base/diag.ts';
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

/** Points every metric at an instrument of the host's meter, or at none. What was counted before stays with us. */
export const bindHostMeter = (registry: MetricRegistry, meter: ApiMeter | undefined): void => {
  for (const instrument of registry.instruments.values())
    instrument.host = meter === undefined ? undefined : guard('host_instrument', () => make(meter, instrument.entry));
};
