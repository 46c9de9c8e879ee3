import type { AttributeValue, DecodedSpan } from '../otlp/decode.ts';

/** One call as its span tells it. Money in dollars, times in milliseconds. */
export interface CallRow {
  readonly spanId: string;
  readonly endedAtMs: number;
  readonly operation: string;
  readonly vendor: string;
  readonly provider: string;
  readonly requestModel: string;
  readonly responseModel: string | undefined;
  readonly responseId: string | undefined;
  /** Undefined where the provider reported none. */
  readonly input: number | undefined;
  readonly cached: number;
  readonly written: number;
  readonly output: number | undefined;
  readonly reasoning: number;
  readonly costUsd: number | undefined;
  readonly unpricedReason: string | undefined;
  readonly firstChunkMs: number | undefined;
  readonly durationMs: number;
  readonly outcome: string;
  readonly errorType: string | undefined;
  readonly blockedRule: string | undefined;
  readonly attempts: number;
  readonly feature: string;
  readonly team: string;
  readonly user: string;
  readonly sdk: string;
}

const number = (value: AttributeValue): number | undefined => (typeof value === 'number' ? value : undefined);
const text = (value: AttributeValue): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const VENDORS: readonly (readonly [prefix: string, vendor: string])[] = [
  ['openai', 'openai'],
  ['anthropic', 'anthropic'],
  ['google', 'google'],
];

/** The family of wire formats, from the dialect. */
const vendorOf = (dialect: string): string => VENDORS.find(([prefix]) => dialect.startsWith(prefix))?.[1] ?? dialect;

/** Reads a span as a call; undefined when it is none, such as the span of a tool. */
export const readCall = (span: DecodedSpan): CallRow | undefined => {
  const a = span.attributes;
  if (text(a['purser.call.id']) === undefined) return undefined;
  const firstChunk = number(a['gen_ai.response.time_to_first_chunk']);
  return {
    spanId: span.spanId,
    endedAtMs: span.endMs,
    operation: text(a['gen_ai.operation.name']) ?? '',
    vendor: vendorOf(text(a['purser.dialect']) ?? ''),
    provider: text(a['gen_ai.provider.name']) ?? '',
    requestModel: (text(a['gen_ai.request.model']) ?? '').replace(/^models\//, ''),
    responseModel: text(a['gen_ai.response.model']),
    responseId: text(a['gen_ai.response.id']),
    input: number(a['gen_ai.usage.input_tokens']),
    cached: number(a['gen_ai.usage.cache_read.input_tokens']) ?? 0,
    written: number(a['gen_ai.usage.cache_write.input_tokens']) ?? 0,
    output: number(a['gen_ai.usage.output_tokens']),
    reasoning: number(a['gen_ai.usage.reasoning.output_tokens']) ?? 0,
    costUsd: number(a['gen_ai.usage.cost.amount']),
    unpricedReason: text(a['purser.cost.unpriced_reason']),
    firstChunkMs: firstChunk === undefined ? undefined : firstChunk * 1_000,
    durationMs: span.endMs - span.startMs,
    outcome: text(a['purser.outcome']) ?? (span.failed ? 'failed' : 'completed'),
    errorType: text(a['error.type']),
    blockedRule: text(a['purser.blocked.rule']),
    attempts: number(a['purser.attempts']) ?? 0,
    feature: text(a['purser.feature']) ?? '',
    team: text(a['purser.team']) ?? '',
    user: text(a['purser.user']) ?? '',
    sdk: text(a['purser.sdk']) ?? '',
  };
};
