import type { PriceContext, PriceQuestion } from '../../call/cost.ts';
import { PurserError } from '../../call/errors.ts';
import { epochMs } from '../../call/units.ts';
import { NO_TOKENS, type Usage } from '../../call/usage.ts';
import { readCases, readJsonFile, type FileCase } from './case-file.ts';

type Json = Readonly<Record<string, unknown>>;
type Attributes = Readonly<Record<string, unknown>>;

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** OTLP writes a value with its type: `{ "intValue": "12" }`. */
const plain = (value: unknown): unknown => {
  if (!isJson(value)) return value;
  if (value['intValue'] !== undefined) return Number(value['intValue']);
  return value['stringValue'] ?? value['doubleValue'] ?? value['boolValue'];
};

const attributesOf = (span: Json): Attributes | undefined => {
  const { attributes } = span;
  if (Array.isArray(attributes)) return Object.fromEntries(attributes.filter(isJson).map((one) => [String(one['key']), plain(one['value'])]));
  return isJson(attributes) ? attributes : undefined;
};

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
const count = (value: unknown): number => (typeof value === 'number' && value > 0 ? value : 0);

const startMs = (span: Json): number => {
  const nanos = span['startTimeUnixNano'];
  if (typeof nanos === 'string' || typeof nanos === 'number') return Number(BigInt(nanos) / 1_000_000n);
  const start = span['startTime'] ?? span['start_time'] ?? span['timestamp'];
  if (Array.isArray(start)) return Number(start[0]) * 1000 + Math.floor(Number(start[1]) / 1e6);
  return typeof start === 'number' ? start : Date.parse(text(start) ?? '');
};

/** A span counts all input in one number and what was cached inside it; a price needs them apart. */
const usageOf = (a: Attributes): Usage | undefined => {
  if (a['gen_ai.usage.input_tokens'] === undefined && a['gen_ai.usage.output_tokens'] === undefined) return undefined;
  const read = count(a['gen_ai.usage.cache_read.input_tokens']);
  const hour = count(a['purser.usage.cache_write_1h.input_tokens']);
  const write = count(a['gen_ai.usage.cache_write.input_tokens'] ?? a['gen_ai.usage.cache_creation.input_tokens']);
  const reasoning = count(a['gen_ai.usage.reasoning.output_tokens']);
  const cacheWrite1h = Math.min(hour, write);
  const input = Math.max(0, count(a['gen_ai.usage.input_tokens']) - read - write);
  const output = Math.max(0, count(a['gen_ai.usage.output_tokens']) - reasoning);
  return { buckets: { ...NO_TOKENS, input, cacheRead: read, cacheWrite5m: write - cacheWrite1h, cacheWrite1h, output, reasoning }, flags: [] };
};

const contextOf = (a: Attributes): PriceContext => {
  const servedTier = text(a['openai.response.service_tier'] ?? a['gen_ai.response.service_tier'] ?? a['purser.service_tier']);
  return servedTier === undefined ? {} : { servedTier };
};

const fromSpan = (span: Json, where: string): FileCase | undefined => {
  const a = attributesOf(span);
  const provider = text(a?.['gen_ai.provider.name'] ?? a?.['gen_ai.system']);
  if (a === undefined || provider === undefined) return undefined;
  const question: PriceQuestion = {
    provider,
    requestModel: text(a['gen_ai.request.model']),
    responseModel: text(a['gen_ai.response.model']),
    at: epochMs(startMs(span)),
    usage: usageOf(a),
    context: contextOf(a),
  };
  const amount = a['gen_ai.usage.cost.amount'];
  return { id: text(span['spanId'] ?? span['span_id']) ?? where, question, stated: typeof amount === 'number' ? amount.toFixed(12) : text(amount) };
};

/** The spans of a file: OTLP requests (`resourceSpans`), or spans themselves. */
const spansIn = (value: unknown): readonly Json[] => {
  if (Array.isArray(value)) return value.flatMap(spansIn);
  if (!isJson(value)) return [];
  for (const key of ['resourceSpans', 'scopeSpans', 'spans']) if (Array.isArray(value[key])) return spansIn(value[key]);
  return value['attributes'] !== undefined && (value['spanId'] ?? value['span_id']) !== undefined ? [value] : [];
};

/**
 * Reads stored calls: spans as OTLP JSON or one a line, or cases with `usd`. Spans of other things are left out.
 * @throws {input_invalid} when the file holds neither.
 */
export const readStoredCalls = (file: string, cwd: string): readonly FileCase[] => {
  const content = readJsonFile(file, cwd);
  const spans = spansIn(content);
  if (spans.length === 0) return readCases(file, cwd);
  const calls = spans.map((span, index) => fromSpan(span, `${file}#${index}`)).filter((call) => call !== undefined);
  if (calls.length > 0) return calls;
  throw new PurserError('input_invalid', { where: file, key: 'FILE', seen: 'spans without gen_ai.provider.name', wanted: 'stored LLM calls' });
};
