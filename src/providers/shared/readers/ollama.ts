import type { RequestFacts } from '../../../call/call.ts';
import type { Usage } from '../../../call/usage.ts';
import type { Json } from '../json.ts';
import { bool, defined, list, num, obj, objects, str, strings } from '../json.ts';
import { promptSize } from '../prompt-size.ts';
import { ResponseReaderBase } from '../response-reader.ts';
import { ollamaUsage } from '../usage/ollama.ts';
import { textLength } from '../wants.ts';
import { Parts } from './text-parts.ts';

const hasPictures = (holder: Json): boolean => list(holder['images']).length > 0;

/** Pictures stand in a member of their own, as plain base64. */
const withoutPictures = (message: Json): Json => ({ ...message, images: undefined });

const positive = (value: unknown): number | undefined => {
  const count = num(value);
  return count !== undefined && count > 0 ? count : undefined;
};

/**
 * Reads the facts of a request to Ollama's own chat, generate and embed endpoints. What is made is streamed unless the request says otherwise.
 * @source github.com/ollama/ollama docs/api.md, 2026; ollama 0.6 (npm)
 */
export const ollamaRequest = (body: unknown, path: string): RequestFacts => {
  const from = obj(body) ?? {};
  const options = obj(from['options']) ?? {};
  const messages = objects(from['messages']);
  const size = promptSize([messages.map(withoutPictures), from['prompt'], from['suffix'], from['system'], from['tools'], from['input']]);
  const { format } = from;
  return defined<RequestFacts>({
    model: str(from['model']),
    stream: bool(from['stream']) ?? !path.includes('/embed'),
    maxTokens: positive(options['num_predict']),
    temperature: num(options['temperature']),
    topP: num(options['top_p']),
    topK: num(options['top_k']),
    frequencyPenalty: num(options['frequency_penalty']),
    presencePenalty: num(options['presence_penalty']),
    stopSequences: strings(options['stop']),
    seed: num(options['seed']),
    outputType: format === 'json' || obj(format) !== undefined ? 'json' : undefined,
    reasoningLevel: str(from['think']),
    embeddingDimensions: num(from['dimensions']),
    promptChars: size?.chars,
    promptHasMedia: hasPictures(from) || messages.some(hasPictures) ? true : size?.hasMedia,
  });
};

/** Reads Ollama's answers: chat and generate, whole and as lines of JSON, and embeddings. */
export class OllamaResponse extends ResponseReaderBase {
  private counted: Usage | undefined = undefined;
  private readonly parts = new Parts();

  get isOver(): boolean {
    return this.ended;
  }

  override wants(data: string): boolean {
    if (this.captures || this.model === undefined || !data.includes('done":false') || data.includes('tool_calls"')) return true;
    this.outputChars += textLength(data, 'content"') || textLength(data, 'response"') || textLength(data, 'thinking"');
    return false;
  }

  protected override readBody(json: unknown): void {
    this.readEvent(json);
    this.ended = true;
  }

  protected override readEvent(json: unknown): void {
    const event = obj(json);
    if (event === undefined) return;
    this.model ??= str(event['model']);
    this.readError(event);
    this.readMade(obj(event['message']) ?? event);
    if (event['done'] === true) this.end(event);
    else if (event['embeddings'] !== undefined) this.counted = ollamaUsage(event);
  }

  protected override usage(): Usage | undefined {
    return this.counted;
  }

  protected override outputMessages(): unknown {
    return this.parts.message();
  }

  private end(event: Json): void {
    this.finish(0, event['done_reason']);
    this.counted = ollamaUsage(event);
    this.ended = true;
  }

  private readMade(made: Json): void {
    const text = str(made['content']) ?? str(made['response']);
    const thinking = str(made['thinking']);
    this.outputChars += (text?.length ?? 0) + (thinking?.length ?? 0);
    if (this.captures) {
      this.parts.reasoning(thinking);
      this.parts.text(text);
    }
    for (const call of objects(made['tool_calls'])) this.readToolCall(call);
  }

  private readToolCall(call: Json): void {
    const made = obj(call['function']);
    const name = str(made?.['name']);
    if (name === undefined) return;
    this.toolCalls.push({ id: str(call['id']), name });
    if (this.captures) this.parts.call(call['id'], name, made?.['arguments']);
  }
}
