import type { PriceContext, PriceQuestion } from '../../call/cost.ts';
import { PurserError } from '../../call/errors.ts';
import { epochMs, type PicoUsd } from '../../call/units.ts';
import type { PerCallFees, ProviderCost, Usage } from '../../call/usage.ts';
import { isPrivateAddress } from '../../pricing/match/provider-id.ts';
import { regionOfHost } from '../../call/region-of-host.ts';
import { readCases, readJsonFile, type FileCase, type LostUsage } from './case-file.ts';
import { readDollars } from './dollars.ts';

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

/** Reads one count of a span's usage. */
type Count = (...names: readonly string[]) => number;

const countsOf =
  (attributes: Attributes): Count =>
  (...names) => {
    const value = names.map((name) => attributes[`gen_ai.usage.${name}`] ?? attributes[`purser.usage.${name}`]).find((one) => one !== undefined);
    return typeof value === 'number' && value > 0 ? value : 0;
  };

/** When a span began, in milliseconds since the epoch; `NaN` where it does not say so. */
const startMs = (span: Json): number => {
  const nanos = String(span['startTimeUnixNano']);
  if (/^\d+$/.test(nanos)) return Number(BigInt(nanos) / 1_000_000n);
  const start = span['start'] ?? span['startTime'] ?? span['start_time'] ?? span['timestamp'];
  if (Array.isArray(start)) return Number(start[0]) * 1000 + Math.floor(Number(start[1]) / 1e6);
  return typeof start === 'number' ? start : Date.parse(text(start) ?? '');
};

const inputOf = (
  count: Count,
): Pick<Usage['buckets'], 'input' | 'cacheRead' | 'cacheWrite5m' | 'cacheWrite1h' | 'audioInput' | 'audioCacheRead' | 'imageInput' | 'imageCacheRead'> => {
  const written = count('cache_write.input_tokens', 'cache_creation.input_tokens');
  const cacheWrite1h = Math.min(written, count('cache_write_1h.input_tokens'));
  const audioCacheRead = count('audio.cache_read.input_tokens');
  const imageCacheRead = count('image.cache_read.input_tokens');
  const audio = count('audio.input_tokens');
  const image = count('image.input_tokens');
  const cacheRead = Math.max(0, count('cache_read.input_tokens') - audioCacheRead - imageCacheRead);
  return {
    input: Math.max(0, count('input_tokens') - cacheRead - written - audio - image),
    cacheRead,
    cacheWrite5m: written - cacheWrite1h,
    cacheWrite1h,
    audioInput: Math.max(0, audio - audioCacheRead),
    audioCacheRead,
    imageInput: Math.max(0, image - imageCacheRead),
    imageCacheRead,
  };
};

const outputOf = (count: Count): Pick<Usage['buckets'], 'output' | 'reasoning' | 'audioOutput' | 'imageOutput'> => {
  const reasoning = count('reasoning.output_tokens');
  const audioOutput = count('audio.output_tokens');
  const imageOutput = count('image.output_tokens');
  return { output: Math.max(0, count('output_tokens') - reasoning - audioOutput - imageOutput), reasoning, audioOutput, imageOutput };
};

const feesOf = (count: Count): PerCallFees =>
  Object.fromEntries(
    ['webSearch', 'grounding', 'codeExecution', 'fileSearch', 'image'].map((fee) => [fee, count(`fees.${fee}`)] as const).filter(([, pieces]) => pieces > 0),
  );

/** What a provider stated itself does not change with a table. */
const providerCostOf = (a: Attributes, stated: PicoUsd | undefined): ProviderCost | undefined =>
  stated === undefined || a['gen_ai.usage.cost.source'] !== 'provider' ? undefined : { amount: stated, field: 'gen_ai.usage.cost.amount' };

/** A span counts all input in one number, and what was cached inside it; a price needs them apart. */
const usageOf = (a: Attributes, stated: PicoUsd | undefined): Usage | undefined => {
  const providerCost = providerCostOf(a, stated);
  const count = countsOf(a);
  const fees = feesOf(count);
  const counted = a['gen_ai.usage.input_tokens'] !== undefined || a['gen_ai.usage.output_tokens'] !== undefined || Object.keys(fees).length > 0;
  if (!counted && providerCost === undefined) return undefined;
  return {
    buckets: { ...inputOf(count), ...outputOf(count) },
    flags: [],
    ...(Object.keys(fees).length === 0 ? {} : { fees }),
    ...(providerCost === undefined ? {} : { providerCost }),
  };
};

/** What of a price's context a span holds under a name of its own. */
const CONTEXT: Readonly<Partial<Record<keyof PriceContext, readonly string[]>>> = {
  servedTier: ['purser.response.service_tier', 'openai.response.service_tier', 'gen_ai.openai.response.service_tier'],
  requestedTier: ['openai.request.service_tier', 'gen_ai.openai.request.service_tier'],
  speed: ['purser.response.speed'],
  geo: ['purser.response.geo'],
};

/** The beginning of the address that a call went to. Ports that are neither's own speak TLS, but for those of private networks. */
const baseUrlOf = (host: string, port: unknown): string => {
  if (port === 80) return `http://${host}/`;
  if (typeof port !== 'number' || port === 443) return `https://${host}/`;
  return `${isPrivateAddress(host) ? 'http' : 'https'}://${host}:${port}/`;
};

const contextOf = (a: Attributes): PriceContext => {
  const host = text(a['server.address']);
  const region = regionOfHost(host);
  const said = Object.entries(CONTEXT).flatMap(([key, names]) => {
    const value = names.map((name) => text(a[name])).find((one) => one !== undefined);
    return value === undefined ? [] : [[key, value]];
  });
  return {
    ...(Object.fromEntries(said) as PriceContext),
    ...(host === undefined ? {} : { baseUrl: baseUrlOf(host, a['server.port']) }),
    ...(region === undefined ? {} : { region }),
    ...(a['gen_ai.operation.name'] === 'batch' ? { batch: true } : {}),
  };
};

/** A span counts several passes as one; and a cost may stand without its usage, where that was estimated or told by another span. */
const lostOf = (a: Attributes, { usage }: PriceQuestion, stated: PicoUsd | undefined): LostUsage | undefined => {
  if (usage?.providerCost !== undefined) return undefined;
  const passes = a['purser.usage.passes'];
  if (typeof passes === 'number' && passes > 1) return 'passes';
  return usage === undefined && stated !== undefined ? 'usage' : undefined;
};

const fromSpan = (span: Json, where: string): FileCase | undefined => {
  const a = attributesOf(span);
  const provider = text(a?.['gen_ai.provider.name'] ?? a?.['gen_ai.system']);
  if (a === undefined || provider === undefined) return undefined;
  const stated = readDollars(a['gen_ai.usage.cost.amount']);
  const question: PriceQuestion = {
    provider,
    requestModel: text(a['gen_ai.request.model']),
    responseModel: text(a['gen_ai.response.model']),
    at: epochMs(startMs(span)),
    usage: usageOf(a, stated),
    context: contextOf(a),
  };
  const lost = lostOf(a, question, stated);
  return { id: text(span['spanId'] ?? span['span_id']) ?? where, question, stated, ...(lost === undefined ? {} : { lost }) };
};

/** The spans of a file: OTLP requests (`resourceSpans`), Purser's own JSON lines, or spans by themselves. Log records are not among them. */
const spansIn = (value: unknown): readonly Json[] => {
  if (Array.isArray(value)) return value.flatMap(spansIn);
  if (!isJson(value) || value['kind'] === 'log') return [];
  for (const key of ['resourceSpans', 'scopeSpans', 'spans']) if (Array.isArray(value[key])) return spansIn(value[key]);
  return value['attributes'] !== undefined && (value['spanId'] ?? value['span_id']) !== undefined ? [value] : [];
};

/**
 * Reads stored calls: spans as OTLP JSON or one a line, or cases with `usd`. Spans of other things are left out.
 * @throws {input_invalid} when the file holds neither.
 */
export const readStoredCalls = (file: string, cwd: string): readonly FileCase[] => {
  const spans = spansIn(readJsonFile(file, cwd));
  if (spans.length === 0) return readCases(file, cwd);
  const calls = spans.map((span, index) => fromSpan(span, `${file}#${index}`)).filter((call) => call !== undefined);
  if (calls.length > 0) return calls;
  throw new PurserError('input_invalid', { where: file, key: 'FILE', seen: 'spans without gen_ai.provider.name', wanted: 'stored LLM calls' });
};
