import type { Usage } from '../../../call/usage.ts';
import type { ReadOptions } from '../dialect.ts';
import type { Json } from '../json.ts';
import { list, obj, objects, str } from '../json.ts';
import { ResponseReaderBase } from '../response-reader.ts';
import { geminiInteractionsUsage } from '../usage/gemini-interactions.ts';
import { isSet, textLength } from '../wants.ts';
import { InteractionOutput } from './gemini-interactions-output.ts';

/** @source @google/genai 3.1 `InteractionStatus`; all others say that it runs still. */
const TERMINAL: ReadonlySet<unknown> = new Set([
  'completed',
  'requires_action',
  'requires_continuation',
  'incomplete',
  'budget_exceeded',
  'failed',
  'cancelled',
]);

/** Reads Gemini interactions, whole, streamed and fetched again. */
export class GeminiInteractionsResponse extends ResponseReaderBase {
  private counted: Usage | undefined = undefined;
  private readonly output: InteractionOutput | undefined;

  constructor(provider: string, options: ReadOptions) {
    super(provider, options);
    this.output = options.captureContent ? new InteractionOutput() : undefined;
  }

  override wants(data: string): boolean {
    // The text of a whole interaction may end with the name of an event.
    if (this.captures || !data.includes('step.delta"') || isSet(data, 'interaction"')) return data !== '[DONE]';
    this.outputChars += textLength(data, 'text"') || textLength(data, 'arguments"');
    return false;
  }

  protected override readBody(json: unknown): void {
    const body = obj(json);
    if (body === undefined) return;
    this.readInteraction(body);
    this.ended = true;
  }

  protected override readEvent(json: unknown): void {
    if (typeof json !== 'object' || json === null) return;
    const event = json as Json;
    const delta = event['delta'];
    if (typeof delta === 'object' && delta !== null) this.readDelta(event, delta as Json);
    else if (event['interaction'] !== undefined) this.readInteraction(obj(event['interaction']) ?? {});
    else if (event['step'] !== undefined) this.readStep(obj(event['step']), event['index']);
    else this.readRest(event);
  }

  protected override usage(): Usage | undefined {
    return this.counted;
  }

  protected override outputMessages(): unknown {
    return this.output?.messages();
  }

  private readDelta(event: Json, delta: Json): void {
    const text = delta['text'] ?? delta['arguments'] ?? obj(delta['content'])?.['text'];
    if (typeof text === 'string') this.outputChars += text.length;
    this.output?.delta(event['index'], delta);
  }

  private readRest(event: Json): void {
    if (event['error'] !== undefined) this.readError(event);
    if (event['event_type'] === 'interaction.status_update') this.readStatus(event['status']);
  }

  private readInteraction(interaction: Json): void {
    this.id = str(interaction['id']) ?? this.id;
    this.model = str(interaction['model']) ?? this.model;
    this.serviceTier = str(interaction['service_tier']) ?? this.serviceTier;
    const usage = obj(interaction['usage']);
    if (usage !== undefined) this.counted = geminiInteractionsUsage(usage);
    if (interaction['error'] !== undefined && interaction['error'] !== null) this.readError(interaction);
    // `steps` today, `outputs` in the first previews.
    objects(interaction['steps'] ?? interaction['outputs']).forEach((step, at) => this.readStep(step, at));
    this.readStatus(interaction['status']);
  }

  private readStep(step: Json | undefined, index: unknown): void {
    if (step === undefined) return;
    const name = str(step['name']);
    if (step['type'] === 'function_call' && name !== undefined) this.toolCalls.push({ id: str(step['id']), name });
    for (const part of list(step['content'])) this.outputChars += str(obj(part)?.['text'])?.length ?? 0;
    this.output?.step(index, step);
  }

  private readStatus(status: unknown): void {
    this.status = str(status) ?? this.status;
    if (!TERMINAL.has(this.status)) return;
    this.ended = true;
    this.finish(0, this.status);
  }
}
