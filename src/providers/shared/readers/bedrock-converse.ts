import type { Usage } from '../../../call/usage.ts';
import type { Json } from '../json.ts';
import { obj, objects, str } from '../json.ts';
import { ResponseReaderBase } from '../response-reader.ts';
import { bedrockConverseUsage } from '../usage/bedrock.ts';
import { Parts } from './text-parts.ts';

/** The names of the events of a Converse stream; on the wire each stands around its payload, as the AWS SDK hands it out. */
const EVENTS = ['contentBlockDelta', 'contentBlockStart', 'messageStart', 'messageStop', 'metadata', 'contentBlockStop'] as const;
const EXCEPTION = /^(\w+Exception)$/;

/** Reads answers of Bedrock Converse, whole and streamed; Nova's own format is the same. */
export class BedrockConverseResponse extends ResponseReaderBase {
  private counted: Usage | undefined = undefined;
  private readonly parts = new Parts();

  protected override readBody(json: unknown): void {
    const body = obj(json);
    if (body === undefined) return;
    const message = obj(obj(body['output'])?.['message']);
    for (const block of objects(message?.['content'])) this.readBlock(block);
    if (message !== undefined) this.finish(0, body['stopReason']);
    this.readMetadata(body);
    this.ended = true;
  }

  protected override readEvent(json: unknown): void {
    if (typeof json !== 'object' || json === null) return;
    const event = json as Json;
    for (const name of EVENTS) {
      const payload = event[name];
      if (typeof payload !== 'object' || payload === null) continue;
      this.readNamed(name, payload as Json);
      return;
    }
    this.readException(event);
  }

  protected override usage(): Usage | undefined {
    return this.counted;
  }

  protected override outputMessages(): unknown {
    return this.parts.message();
  }

  private readNamed(name: (typeof EVENTS)[number], payload: Json): void {
    if (name === 'contentBlockDelta') this.readDelta(obj(payload['delta']));
    else if (name === 'contentBlockStart') this.readToolUse(obj(obj(payload['start'])?.['toolUse']));
    else if (name === 'messageStart') this.finish(0, undefined);
    else if (name === 'messageStop') this.stop(payload['stopReason']);
    else if (name === 'metadata') this.readMetadata(payload);
  }

  private stop(reason: unknown): void {
    this.finish(0, reason);
    this.ended = true;
  }

  private readDelta(delta: Json | undefined): void {
    const reasoning = obj(delta?.['reasoningContent'])?.['text'];
    const written = obj(delta?.['toolUse'])?.['input'];
    const text = delta?.['text'] ?? reasoning ?? written;
    if (typeof text === 'string') this.outputChars += text.length;
    if (!this.captures) return;
    this.parts.text(delta?.['text']);
    this.parts.reasoning(reasoning);
    this.parts.written(written);
  }

  private readBlock(block: Json): void {
    const reasoning = obj(obj(block['reasoningContent'])?.['reasoningText'])?.['text'];
    if (typeof block['text'] === 'string') this.outputChars += block['text'].length;
    if (this.captures) this.parts.text(block['text']);
    if (this.captures) this.parts.reasoning(reasoning);
    this.readToolUse(obj(block['toolUse']));
  }

  private readToolUse(use: Json | undefined): void {
    const name = str(use?.['name']);
    if (name === undefined) return;
    this.toolCalls.push({ id: str(use?.['toolUseId']), name });
    if (this.captures) this.parts.call(use?.['toolUseId'], name, use?.['input']);
  }

  private readMetadata(holder: Json): void {
    const usage = obj(holder['usage']);
    if (usage !== undefined) this.counted = bedrockConverseUsage(usage);
    this.serviceTier = str(obj(holder['serviceTier'])?.['type']) ?? this.serviceTier;
    this.model = str(obj(obj(holder['trace'])?.['promptRouter'])?.['invokedModelId']) ?? this.model;
  }

  private readException(event: Json): void {
    for (const name of Object.keys(event)) {
      if (EXCEPTION.test(name)) this.error = { type: name, message: str(obj(event[name])?.['message']) };
    }
  }
}
