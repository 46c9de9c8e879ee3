import type { Usage } from '../../../call/usage.ts';
import type { ReadFacts, ReadOptions, ResponseReader } from '../dialect.ts';
import type { Json } from '../json.ts';
import { firstOf, obj, objects, str } from '../json.ts';
import type { HeaderGet } from '../rate-limit.ts';
import { ResponseReaderBase } from '../response-reader.ts';
import { bedrockConverseUsage, bedrockInvocationUsage } from '../usage/bedrock.ts';
import { AnthropicMessagesResponse } from './anthropic-messages.ts';
import { BedrockConverseResponse } from './bedrock-converse.ts';
import { OpenaiChatResponse } from './openai-chat.ts';

const METRICS = 'amazon-bedrock-invocationMetrics';
const ANTHROPIC: ReadonlySet<unknown> = new Set([
  'message',
  'message_start',
  'content_block_start',
  'content_block_delta',
  'message_delta',
  'completion',
  'error',
]);

// The house that made a model shows in the shape of what it answers.
const readerFor = (json: Json, provider: string, options: ReadOptions): ResponseReader | undefined => {
  if (ANTHROPIC.has(json['type'])) return new AnthropicMessagesResponse(provider, options);
  if (Array.isArray(json['choices'])) return new OpenaiChatResponse(provider, options);
  if (json['messageStart'] !== undefined || json['contentBlockDelta'] !== undefined || obj(json['output'])?.['message'] !== undefined)
    return new BedrockConverseResponse(provider, options);
  return undefined;
};

const decoded = (bytes: unknown): unknown => {
  if (typeof bytes !== 'string' && !(bytes instanceof Uint8Array)) return undefined;
  return JSON.parse(typeof bytes === 'string' ? Buffer.from(bytes, 'base64').toString('utf8') : Buffer.from(bytes).toString('utf8'));
};

/**
 * Reads what a model invoked on Bedrock answers, whole and streamed, in its house's own format. Titan, Llama, Mistral and Cohere are read here, all
 * others by the reader of their format. Where the body counts nothing, Bedrock's headers or its last chunk do.
 * @source docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html, 2026
 */
export class BedrockInvokeResponse extends ResponseReaderBase {
  private inner: ResponseReader | undefined = undefined;
  private counted: Usage | undefined = undefined;
  private metrics: Usage | undefined = undefined;
  private readonly options: ReadOptions;

  constructor(provider: string, options: ReadOptions) {
    super(provider, options);
    this.options = options;
  }

  override wants(data: string): boolean {
    return this.inner === undefined || data.includes('nvocationMetrics"') || this.inner.wants(data);
  }

  override facts(): ReadFacts {
    const own = super.facts();
    const inner = this.inner?.facts();
    if (inner === undefined) return own;
    return { ...inner, response: { ...own.response, ...inner.response }, usage: inner.usage ?? own.usage, error: inner.error ?? own.error };
  }

  protected override readHeaders(get: HeaderGet): void {
    const input = get('x-amzn-bedrock-input-token-count');
    const output = get('x-amzn-bedrock-output-token-count');
    if (typeof input !== 'string' && typeof output !== 'string') return;
    const number = (name: string): number => Number(get(name) ?? 0);
    this.metrics = bedrockConverseUsage({
      inputTokens: Number(input ?? 0),
      outputTokens: Number(output ?? 0),
      cacheReadInputTokens: number('x-amzn-bedrock-cache-read-input-token-count'),
      cacheWriteInputTokens: number('x-amzn-bedrock-cache-write-input-token-count'),
    });
  }

  protected override readBody(json: unknown): void {
    const body = obj(json);
    if (body === undefined) return;
    this.inner = readerFor(body, this.provider, this.options);
    if (this.inner === undefined) this.readPlain(body);
    else this.inner.body(body);
    this.ended = true;
  }

  protected override readEvent(json: unknown): void {
    const event = obj(json);
    if (event === undefined) return;
    const chunk = obj(event['chunk']);
    const payload = chunk === undefined ? event : obj(decoded(chunk['bytes']));
    if (payload === undefined) return;
    const metrics = obj(payload[METRICS]);
    if (metrics !== undefined) this.metrics = bedrockInvocationUsage(metrics);
    this.inner ??= readerFor(payload, this.provider, this.options);
    if (this.inner === undefined) this.readPlain(payload);
    else this.inner.event(payload);
  }

  protected override usage(): Usage | undefined {
    return this.counted ?? this.metrics;
  }

  // Titan, Llama, Mistral, Cohere: a text, a reason and perhaps two counts.
  private readPlain(body: Json): void {
    const result = objects(firstOf(body, 'results', 'outputs', 'generations'))[0] ?? body;
    const text = firstOf(result, 'outputText', 'generation', 'text');
    if (typeof text === 'string') this.outputChars += text.length;
    const reason = str(firstOf(result, 'completionReason', 'stop_reason', 'finish_reason'));
    if (typeof text === 'string' || reason !== undefined) this.finish(0, reason);
    if (reason !== undefined) this.ended = true;
    this.readCounts(body, result);
    this.readException(body);
  }

  private readException(body: Json): void {
    const failed = Object.keys(body).find((name) => name.endsWith('Exception'));
    if (failed !== undefined) this.error = { type: failed, message: str(obj(body[failed])?.['message']) };
  }

  private readCounts(body: Json, result: Json): void {
    const input = body['inputTextTokenCount'] ?? body['prompt_token_count'];
    const output = result['tokenCount'] ?? body['totalOutputTextTokenCount'] ?? body['generation_token_count'];
    if (typeof input !== 'number' && typeof output !== 'number') return;
    this.counted = bedrockConverseUsage({ inputTokens: input, outputTokens: output });
  }
}
