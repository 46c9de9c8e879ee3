import type { ToolCallFact } from '../../../call/outcome.ts';
import type { ProviderCost, Usage } from '../../../call/usage.ts';
import { DeltaPattern } from '../delta-pattern.ts';
import type { ReadOptions } from '../dialect.ts';
import { NO_REASON } from '../finish-reasons.ts';
import type { Json } from '../json.ts';
import { obj, str } from '../json.ts';
import { ResponseReaderBase } from '../response-reader.ts';
import { openaiChatUsage } from '../usage/openai-chat.ts';
import { gatewayCostOf } from '../usage/provider-cost.ts';
import { isAtLeast, isSet, textLength } from '../wants.ts';
import { ChatOutput } from './openai-chat-output.ts';

const DONE = '[DONE]';

// Azure and LM Studio send an empty object where there is no usage yet. A cost alone counts as well: xAI's images, OpenRouter's transcriptions.
const counts = (usage: Json): boolean => Object.keys(usage).length > 0;

const CHOICES = '"choices"';
/** Members that hold the text of a delta, as they stand in the raw JSON. */
const TEXT_KEYS = ['"content":"', '"reasoning_content":"', '"reasoning":"', '"text":"', '"content": "', '"reasoning_content": "', '"reasoning": "'];

const deltaLength = (data: string, from: number): number =>
  textLength(data, 'content"', from) ||
  textLength(data, 'arguments"', from) ||
  textLength(data, 'reasoning"', from) ||
  textLength(data, 'reasoning_content"', from) ||
  textLength(data, 'text"', from);

const isOpen = (reason: string): boolean => reason === NO_REASON;

/** Reads chat and text completions in the OpenAI format, whole and streamed, from OpenAI and every compatible host. */
export class OpenaiChatResponse extends ResponseReaderBase {
  private counted: Usage | undefined = undefined;
  private gatewayCost: ProviderCost | undefined = undefined;
  private identified = false;
  private choicesAt = 0;
  private readonly pattern = new DeltaPattern();
  private done = false;
  /** Whether the usage came in a chunk of its own, which is the last one. */
  private usageIsFinal = false;
  /** The tool calls of a stream by choice and place, to see which ones are new. */
  private readonly slots = new Map<number, ToolCallFact>();
  private readonly output: ChatOutput | undefined;

  constructor(provider: string, options: ReadOptions) {
    super(provider, options);
    this.output = options.captureContent ? new ChatOutput() : undefined;
  }

  override wants(data: string): boolean {
    if (data === DONE) {
      this.done = true;
      this.ended = true;
      return false;
    }
    if (this.captures || !this.identified) return true;
    const plain = this.pattern.match(data);
    if (plain >= 0) {
      this.outputChars += plain;
      return false;
    }
    return this.looksInto(data);
  }

  skip(bytes: DataView, from: number): number {
    const next = this.pattern.skip(bytes, from);
    if (next > 0) this.outputChars += this.pattern.length;
    return next;
  }

  private looksInto(data: string): boolean {
    // What stands before the choices has the same length in every chunk of a stream, and need not be searched again.
    if (!data.startsWith(CHOICES, this.choicesAt)) this.choicesAt = data.indexOf(CHOICES);
    if (this.choicesAt < 0 || this.holdsFacts(data, this.choicesAt)) return true;
    // What is not parsed is still counted, or estimates of a running stream would stand still.
    const written = deltaLength(data, this.choicesAt);
    const counted = isSet(data, 'usage"');
    if (counted && written === 0) return true;
    this.outputChars += written;
    if (counted) this.unread = data;
    else TEXT_KEYS.some((key) => this.pattern.learn(data, key));
    return false;
  }

  protected override readBody(json: unknown): void {
    const body = obj(json);
    if (body === undefined) return;
    this.readEvent(body);
    this.fingerprint ??= str(body['system_fingerprint']);
    this.ended = true;
  }

  protected override readEvent(json: unknown): void {
    if (typeof json !== 'object' || json === null) {
      if (json === DONE) this.ended = this.done = true;
      return;
    }
    const chunk = json as Json;
    const choices = chunk['choices'];
    if (Array.isArray(choices)) for (let at = 0; at < choices.length; at++) this.readChoice(choices[at], at);
    if (!this.identified) this.identify(chunk);
    const usage = chunk['usage'];
    if (usage !== undefined && usage !== null) {
      this.readUsage(usage);
      this.usageIsFinal = !Array.isArray(choices) || choices.length === 0;
    }
    this.readAround(chunk);
  }

  // Hosts that send the usage with every chunk: only the last one counts.
  protected override readLate(json: unknown): void {
    const chunk = obj(json);
    if (chunk === undefined) return;
    this.readUsage(chunk['usage']);
    this.readAround(chunk);
  }

  protected override usage(): Usage | undefined {
    const { counted, gatewayCost } = this;
    return counted !== undefined && counted.providerCost === undefined && gatewayCost !== undefined ? { ...counted, providerCost: gatewayCost } : counted;
  }

  protected override isUnfinished(): boolean {
    return !this.usageIsFinal && super.isUnfinished();
  }

  protected override outputMessages(): unknown {
    return this.output?.messages(this.finishReasons);
  }

  // What stands beside the choices, on some hosts or on few chunks.
  private readAround(chunk: Json): void {
    if (chunk['x_groq'] !== undefined) this.readGroq(obj(chunk['x_groq']));
    if (chunk['error'] !== undefined && chunk['error'] !== null) this.readError(chunk);
    const tier = chunk['service_tier'];
    if (typeof tier === 'string' && tier !== '') this.serviceTier = tier;
    if (chunk['provider_metadata'] !== undefined) this.gatewayCost = gatewayCostOf(chunk) ?? this.gatewayCost;
  }

  // `x_groq` comes with a finish reason. Of a new choice the first digit is enough: one look too many does no harm.
  private holdsFacts(data: string, from: number): boolean {
    if (isSet(data, 'finish_reason"', from) || isSet(data, 'name"', from) || data.includes('rror"')) return true;
    if (this.provider === 'vercel' && data.includes('provider_metadata"')) return true;
    const known = this.finishReasons.length;
    return known < 10 && isAtLeast(data, 'index"', known < 1 ? 1 : known, from);
  }

  // Azure's first chunk has an empty id and model: the first that is not empty counts.
  private identify(chunk: Json): void {
    this.id ??= str(chunk['id']);
    this.model ??= str(chunk['model']);
    this.fingerprint ??= str(chunk['system_fingerprint']);
    this.identified = this.id !== undefined && this.model !== undefined;
  }

  // Some hosts send usage with every chunk, and it grows: the last one counts, never the sum. Moonshot puts it into the last choice.
  private readUsage(usage: unknown): void {
    const from = obj(usage);
    if (from !== undefined && counts(from)) this.counted = openaiChatUsage(from, this.provider);
    // Mistral says the tier here.
    this.serviceTier ??= str(from?.['service_tier']);
  }

  private readGroq(groq: Json | undefined): void {
    const usage = obj(groq?.['usage']);
    if (usage !== undefined) this.counted ??= openaiChatUsage(usage, this.provider);
    if (groq?.['error'] !== undefined) this.readError(groq);
  }

  private readChoice(value: unknown, at: number): void {
    if (typeof value !== 'object' || value === null) return;
    const choice = value as Json;
    const place = choice['index'];
    const index = typeof place === 'number' ? place : at;
    const reason = choice['finish_reason'];
    if (reason !== null && reason !== undefined) this.close(index, reason, choice['usage']);
    else if (this.finishReasons.length <= index) this.finish(index, undefined);
    const delta = choice['delta'] ?? choice['message'];
    if (typeof delta === 'object' && delta !== null) this.readDelta(delta as Json, index);
    else if (typeof choice['text'] === 'string') this.outputChars += choice['text'].length;
    this.output?.choice(index, choice);
  }

  private close(index: number, reason: unknown, usage: unknown): void {
    this.finish(index, reason);
    if (usage !== undefined) this.readUsage(usage);
    if (!this.done) this.ended = !this.finishReasons.some(isOpen);
  }

  private readDelta(delta: Json, index: number): void {
    const content = delta['content'];
    if (typeof content === 'string') this.outputChars += content.length;
    else if (Array.isArray(content)) this.countParts(content);
    const reasoning = delta['reasoning_content'] ?? delta['reasoning'];
    if (typeof reasoning === 'string') this.outputChars += reasoning.length;
    const calls = delta['tool_calls'];
    if (Array.isArray(calls)) for (let at = 0; at < calls.length; at++) this.readToolCall(calls[at], index, at);
    if (delta['function_call'] !== undefined) this.readToolCall({ function: delta['function_call'] }, index, 0);
    if (delta['provider_metadata'] !== undefined) this.gatewayCost = gatewayCostOf(delta) ?? this.gatewayCost;
  }

  // Mistral's thinking models answer in parts.
  private countParts(parts: readonly unknown[]): void {
    for (const part of parts) {
      const from = obj(part);
      const text = from?.['text'];
      if (typeof text === 'string') this.outputChars += text.length;
      else if (Array.isArray(from?.['thinking'])) this.countParts(from['thinking']);
    }
  }

  private readToolCall(value: unknown, index: number, at: number): void {
    const call = obj(value);
    if (call === undefined) return;
    const made = obj(call['function']) ?? obj(call['custom']);
    const written = made?.['arguments'] ?? made?.['input'];
    if (typeof written === 'string') this.outputChars += written.length;
    const name = str(made?.['name']);
    if (name !== undefined) this.noteTool(call, name, index, at);
  }

  private noteTool(call: Json, name: string, index: number, at: number): void {
    const place = call['index'];
    const slot = index * 1000 + (typeof place === 'number' ? place : at);
    const id = str(call['id']);
    const before = this.slots.get(slot);
    // Some hosts say the name with every piece, others put every call at place 0: a new id is a new call.
    if (before !== undefined && (id === undefined || id === before.id)) return;
    const fact = { id, name };
    this.slots.set(slot, fact);
    this.toolCalls.push(fact);
  }
}
