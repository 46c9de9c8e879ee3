import type { Usage } from '../../../call/usage.ts';
import type { ReadOptions } from '../dialect.ts';
import type { Json } from '../json.ts';
import { list, obj, str } from '../json.ts';
import { ResponseReaderBase } from '../response-reader.ts';
import { anthropicUsage, withOthers, type Answer } from '../usage/anthropic.ts';
import { textLength } from '../wants.ts';
import { AnthropicOutput } from './anthropic-output.ts';

/** How nearly every event of a stream begins. */
const DELTA = '{"type":"content_block_delta"';

// Our own copy, two levels deep: what was read must not change when the app changes its object.
const copied = (usage: Json): Json => {
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(usage)) {
    if (value !== null && value !== undefined)
      copy[key] = Array.isArray(value) ? value.map((one: unknown) => ({ ...obj(one) })) : typeof value === 'object' ? { ...value } : value;
  }
  return copy;
};

const isCompaction = (value: unknown): boolean => obj(value)?.['type'] === 'compaction';

/** Reads Anthropic messages, whole and streamed, from Anthropic, Bedrock, Vertex AI and hosts that imitate them; also the old text completion. */
export class AnthropicMessagesResponse extends ResponseReaderBase {
  private raw: Json | undefined = undefined;
  /** Answers that the app was not given, by their ids. */
  private unwanted: Map<string | undefined, Answer> | undefined = undefined;
  private splitIsStale = false;
  private readonly output: AnthropicOutput | undefined;

  constructor(provider: string, options: ReadOptions) {
    super(provider, options);
    this.output = options.captureContent ? new AnthropicOutput() : undefined;
  }

  override wants(data: string): boolean {
    if (data === '[DONE]') return false;
    if (this.captures) return true;
    const plain = data.slice(0, DELTA.length) === DELTA;
    // A ping is rare, and its name is the end of many a tool's.
    if (!plain && !data.includes('content_block_delta"')) return !data.includes('content_block_stop"');
    const from = plain ? DELTA.length : 0;
    this.outputChars += textLength(data, 'text"', from) || textLength(data, 'thinking"', from) || textLength(data, 'partial_json"', from);
    return false;
  }

  aside(json: unknown): void {
    const message = obj(json);
    const usage = obj(message?.['usage']);
    if (message?.['type'] !== 'message' || usage === undefined) return;
    this.unwanted ??= new Map();
    this.unwanted.set(str(message['id']), { model: str(message['model']), usage: anthropicUsage(usage) });
  }

  protected override anthropicHeaders(): boolean {
    return true;
  }

  protected override readBody(json: unknown): void {
    const body = obj(json);
    if (body === undefined) return;
    if (body['type'] === 'error') this.readError(body);
    else this.readMessage(body);
    this.ended = true;
  }

  protected override readEvent(json: unknown): void {
    if (typeof json !== 'object' || json === null) return;
    const event = json as Json;
    const type = event['type'];
    if (type === 'content_block_delta') {
      this.readBlockDelta(event);
      return;
    }
    this.readRareEvent(event, type);
  }

  protected override usage(): Usage | undefined {
    const usage = this.raw === undefined ? undefined : anthropicUsage(this.raw, this.splitIsStale);
    if (this.unwanted === undefined) return usage;
    // The app may have been given a copy of one that it set aside.
    const others = [...this.unwanted].filter(([id]) => id !== this.id).map(([, answer]) => answer);
    return usage === undefined || others.length === 0 ? usage : withOthers(usage, others);
  }

  protected override outputMessages(): unknown {
    return this.output?.messages();
  }

  private readBlockDelta(event: Json): void {
    const delta = event['delta'] as Json | null | undefined;
    if (typeof delta !== 'object' || delta === null) return;
    const text = delta['text'] ?? delta['thinking'] ?? delta['partial_json'];
    if (typeof text === 'string') this.outputChars += text.length;
    this.output?.delta(event['index'], delta);
  }

  private readRareEvent(event: Json, type: unknown): void {
    if (type === 'message_start') this.readStart(event);
    else if (type === 'content_block_start') this.readBlock(event['content_block'], event['index']);
    else if (type === 'message_delta') this.readMessageDelta(event);
    else if (type === 'message_stop') this.ended = true;
    else if (type === 'error') this.readError(event);
    else if (type === 'completion') this.readMessage(event);
    // Bedrock tells its own counts at the end of a stream; Anthropic's are richer and came before.
  }

  /** The output that it states is a token or a few; nothing more is said of it before the end. */
  private readStart(event: Json): void {
    this.readMessage(obj(event['message']) ?? {});
    this.outputIsOpen = true;
  }

  private readMessage(message: Json): void {
    this.id = str(message['id']) ?? this.id;
    this.model = str(message['model']) ?? this.model;
    this.readUsage(obj(message['usage']));
    list(message['content']).forEach((block, at) => this.readBlock(block, at));
    if (typeof message['completion'] === 'string') this.outputChars += message['completion'].length;
    this.finish(0, message['stop_reason']);
    this.readEdits(message);
  }

  private readBlock(value: unknown, index: unknown): void {
    const block = obj(value);
    if (block === undefined) return;
    const name = str(block['name']);
    if (block['type'] === 'tool_use' && name !== undefined) this.toolCalls.push({ id: str(block['id']), name });
    if (block['type'] === 'compaction') this.compacted = true;
    if (typeof block['text'] === 'string') this.outputChars += block['text'].length;
    this.output?.block(index, block);
  }

  private readMessageDelta(event: Json): void {
    const delta = obj(event['delta']);
    this.finish(0, delta?.['stop_reason']);
    const usage = obj(event['usage']);
    this.readUsage(usage);
    if (usage?.['output_tokens'] !== undefined) this.outputIsOpen = false;
    this.readEdits(event);
  }

  // The usage of a message_delta is cumulative and overrides what message_start said, member by member; it never splits the writes by life.
  private readUsage(usage: Json | undefined): void {
    if (usage === undefined) return;
    const before = this.raw;
    const next = copied(usage);
    const written = next['cache_creation_input_tokens'];
    if (before !== undefined && next['cache_creation'] !== undefined) this.splitIsStale = false;
    else if (before !== undefined && written !== undefined && written !== before['cache_creation_input_tokens']) this.splitIsStale = true;
    this.raw = { ...before, ...next };
    this.serviceTier = str(next['service_tier']) ?? this.serviceTier;
    this.geo = str(next['inference_geo']) ?? this.geo;
    this.speed = str(next['speed']) ?? this.speed;
    if (list(next['iterations']).some(isCompaction)) this.compacted = true;
  }

  private readEdits(holder: Json): void {
    const edits = list(obj(holder['context_management'])?.['applied_edits']);
    if (edits.some((edit) => str(obj(edit)?.['type'])?.startsWith('compact') === true)) this.compacted = true;
  }
}
