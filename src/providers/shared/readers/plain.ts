import type { Usage } from '../../../call/usage.ts';
import type { ReadOptions } from '../dialect.ts';
import type { Json } from '../json.ts';
import { obj, str } from '../json.ts';
import { ResponseReaderBase } from '../response-reader.ts';

/** Turns a whole body or an event into usage; the earlier usage is given so that it can stay. */
export type UsageOf = (body: Json, provider: string) => Usage | undefined;

const isLast = (type: unknown): boolean => typeof type === 'string' && (type.endsWith('.done') || type.endsWith('.completed'));

/** Reads responses that hold little more than an id, a model, a status and perhaps usage: embeddings, images, audio, moderations, batches, counts. */
export class PlainResponse extends ResponseReaderBase {
  private counted: Usage | undefined = undefined;
  private readonly usageOf: UsageOf;

  constructor(provider: string, options: ReadOptions, usageOf: UsageOf = () => undefined) {
    super(provider, options);
    this.usageOf = usageOf;
  }

  // Pieces of pictures and sound are long and hold no facts.
  override wants(data: string): boolean {
    return !data.includes('partial_image"') && !data.includes('audio.delta"');
  }

  protected override readBody(json: unknown): void {
    this.readEvent(json);
    this.ended = true;
  }

  protected override readEvent(json: unknown): void {
    const body = obj(json);
    if (body === undefined) return;
    this.identify(body);
    const delta = body['delta'];
    if (typeof delta === 'string') this.outputChars += delta.length;
    if (isLast(body['type'])) this.ended = true;
    if (body['error'] !== undefined && body['error'] !== null) this.readError(body);
    this.counted = this.usageOf(body, this.provider) ?? this.counted;
  }

  protected override usage(): Usage | undefined {
    return this.counted;
  }

  private identify(body: Json): void {
    this.id ??= str(body['id']);
    this.model ??= str(body['model']) ?? str(body['modelVersion']);
    this.status = str(body['status']) ?? str(body['processing_status']) ?? this.status;
    this.serviceTier ??= str(body['service_tier']);
  }
}
