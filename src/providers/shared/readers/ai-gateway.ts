import type { RequestFacts } from '../../../call/call.ts';
import type { Usage } from '../../../call/usage.ts';
import type { Json } from '../json.ts';
import { bool, defined, num, obj, objects, str, strings } from '../json.ts';
import { promptSize } from '../prompt-size.ts';
import { ResponseReaderBase } from '../response-reader.ts';
import { aiGatewayUsage } from '../usage/ai-gateway.ts';
import { textLength } from '../wants.ts';
import { Parts } from './text-parts.ts';

/** How nearly every event of a stream begins. */
const TEXT_DELTA = '{"type":"text-delta"';

/**
 * Reads the facts of a request in the AI SDK's own form, as the Vercel AI gateway takes it. Model and stream are asked for in headers, and stand in the body as
 * it is given here.
 * @source @ai-sdk/provider 4 `LanguageModelV4CallOptions`, @ai-sdk/gateway 4, 2026-11
 */
export const aiGatewayRequest = (body: unknown): RequestFacts => {
  const from = obj(body) ?? {};
  const size = promptSize([from['prompt'], from['tools'], obj(from['responseFormat'])?.['schema'], from['values'], from['input']]);
  const format = obj(from['responseFormat'])?.['type'];
  return defined<RequestFacts>({
    model: str(from['model']),
    stream: bool(from['stream']),
    maxTokens: num(from['maxOutputTokens']),
    temperature: num(from['temperature']),
    topP: num(from['topP']),
    topK: num(from['topK']),
    frequencyPenalty: num(from['frequencyPenalty']),
    presencePenalty: num(from['presencePenalty']),
    stopSequences: strings(from['stopSequences']),
    seed: num(from['seed']),
    reasoningLevel: str(from['reasoning']),
    choiceCount: num(from['n']),
    outputType: format === 'json' ? 'json' : format === 'text' ? 'text' : undefined,
    embeddingDimensions: num(from['dimensions']),
    promptChars: size?.chars,
    promptHasMedia: size?.hasMedia,
  });
};

/** Reads answers in the AI SDK's own form, whole and streamed. */
export class AiGatewayResponse extends ResponseReaderBase {
  private counted: Usage | undefined = undefined;
  private readonly parts = new Parts();

  override wants(data: string): boolean {
    if (this.captures || !data.startsWith(TEXT_DELTA)) return true;
    this.outputChars += textLength(data, 'delta"', TEXT_DELTA.length);
    return false;
  }

  protected override readBody(json: unknown): void {
    const body = obj(json);
    if (body === undefined) return;
    this.identify(obj(body['response']));
    for (const part of objects(body['content'])) this.readPart(part);
    if (body['content'] !== undefined || body['finishReason'] !== undefined) this.readEnd(body);
    this.ended = true;
  }

  protected override readEvent(json: unknown): void {
    if (typeof json !== 'object' || json === null) return;
    const event = json as Json;
    const { type } = event;
    if (type === 'text-delta' || type === 'reasoning-delta' || type === 'tool-input-delta') this.readDelta(event, type);
    else if (type === 'response-metadata') this.identify(event);
    else if (type === 'stream-start') this.finish(0, undefined);
    else if (type === 'finish') this.readEnd(event);
    else if (type === 'error' || event['error'] !== undefined) this.readFailure(event);
    else if (type === 'tool-call') this.readPart(event);
  }

  protected override usage(): Usage | undefined {
    return this.counted;
  }

  protected override outputMessages(): unknown {
    return this.parts.message();
  }

  private identify(response: Json | undefined): void {
    this.id = str(response?.['id']) ?? this.id;
    this.model = str(response?.['modelId']) ?? this.model;
  }

  private readDelta(event: Json, type: 'text-delta' | 'reasoning-delta' | 'tool-input-delta'): void {
    const { delta } = event;
    if (typeof delta !== 'string') return;
    this.outputChars += delta.length;
    // The arguments of a tool come once more, whole, with its call.
    if (!this.captures || type === 'tool-input-delta') return;
    if (type === 'text-delta') this.parts.text(delta);
    else this.parts.reasoning(delta);
  }

  private readPart(part: Json): void {
    const { type, text } = part;
    if (typeof text === 'string') this.outputChars += text.length;
    if (this.captures && type === 'text') this.parts.text(text);
    if (this.captures && type === 'reasoning') this.parts.reasoning(text);
    const name = type === 'tool-call' ? str(part['toolName']) : undefined;
    // What the provider runs by itself is no call that the app is asked for.
    if (name === undefined || part['providerExecuted'] === true) return;
    this.toolCalls.push({ id: str(part['toolCallId']), name });
    if (this.captures) this.parts.call(part['toolCallId'], name, part['input']);
  }

  private readEnd(holder: Json): void {
    const reason = holder['finishReason'];
    const word = str(reason) ?? str(obj(reason)?.['unified']);
    this.finish(0, word?.replaceAll('-', '_'));
    this.counted = aiGatewayUsage(holder) ?? this.counted;
    this.ended = true;
  }

  // The error of a stream may be a mere text.
  private readFailure(event: Json): void {
    const { error } = event;
    this.readError(typeof error === 'string' ? { error: { message: error } } : event);
  }
}
