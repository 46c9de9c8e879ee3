import type { TelemetrySettings } from '../../src/telemetry/telemetry-settings.ts';

/** Settings that suit most tests: everything sampled, the latest names, no content. */
export const PLAIN_TELEMETRY = {
  profiles: ['latest'],
  content: 'none',
  labelCap: 100,
  sampler: { name: 'parentbased_always_on', ratio: 1 },
  limits: { attributes: 128, valueLength: Number.POSITIVE_INFINITY, events: 128 },
  attach: true,
} as const satisfies Partial<TelemetrySettings>;
