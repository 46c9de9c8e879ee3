import type { SpanContext } from '@opentelemetry/api';
import type { SamplerSettings } from '../telemetry-settings.ts';

/** Decides whether a span with that trace id and parent is kept. */
export type Sample = (traceId: string, parent: SpanContext | undefined) => boolean;

const UPPER = 0xffffffff;

/**
 * Folds a trace id to 32 bits, as the JavaScript SDK does, so that both keep the same traces.
 * @source @opentelemetry/sdk-trace 3.1, TraceIdRatioBasedSampler
 */
const fold = (traceId: string): number => {
  let folded = 0;
  for (let at = 0; at < 32; at += 8) folded = (folded ^ Number.parseInt(traceId.slice(at, at + 8), 16)) >>> 0;
  return folded;
};

/** Makes the decision of one of the samplers that OTEL_TRACES_SAMPLER names. */
export const samplerOf = ({ name, ratio }: SamplerSettings): Sample => {
  const bound = Math.floor(Math.min(1, Math.max(0, Number.isFinite(ratio) ? ratio : 1)) * UPPER);
  const byName: Readonly<Record<string, Sample>> = {
    always_on: () => true,
    always_off: () => false,
    traceidratio: (traceId) => fold(traceId) < bound || bound === UPPER,
  };
  const root = byName[name.replace('parentbased_', '')] ?? (() => true);
  if (!name.startsWith('parentbased_')) return root;
  return (traceId, parent) => (parent === undefined ? root(traceId, parent) : (parent.traceFlags & 1) === 1);
};
