import type { PerCallFees, Usage } from '../../../call/usage.ts';
import type { ReadOptions } from '../dialect.ts';
import { NO_REASON } from '../finish-reasons.ts';
import type { Json } from '../json.ts';
import { list, obj, str } from '../json.ts';
import { promptSize } from '../prompt-size.ts';
import type { HeaderGet } from '../rate-limit.ts';
import { ResponseReaderBase } from '../response-reader.ts';
import { geminiUsage } from '../usage/gemini.ts';
import { isAtLeast, textLength } from '../wants.ts';
import { GeminiOutput } from './gemini-output.ts';

/**
 * The finish reasons by number, as some clients of Vertex AI write the enum.
 * @source google.cloud.aiplatform.v1 `Candidate.FinishReason`
 */
const REASONS = [
  'FINISH_REASON_UNSPECIFIED',
  'STOP',
  'MAX_TOKENS',
  'SAFETY',
  'RECITATION',
  'OTHER',
  'BLOCKLIST',
  'PROHIBITED_CONTENT',
  'SPII',
  'MALFORMED_FUNCTION_CALL',
];
const TRAFFIC: readonly unknown[] = [undefined, 'ON_DEMAND', 'PROVISIONED_THROUGHPUT'];

const named = (value: unknown, names: readonly unknown[]): string | undefined => str(typeof value === 'number' ? names[value] : value);

const counts = (usage: Json): boolean =>
  usage['promptTokenCount'] !== undefined || usage['totalTokenCount'] !== undefined || usage['candidatesTokenCount'] !== undefined;

const holdsFacts = (data: string): boolean =>
  data.includes('finishReason"') ||
  data.includes('functionCall"') ||
  data.includes('groundingMetadata"') ||
  data.includes('promptFeedback"') ||
  data.includes('rror"') ||
  isAtLeast(data, 'index"', 1);

const isOpen = (reason: string): boolean => reason === NO_REASON;

/** Reads Gemini responses, whole and streamed, from Gemini and Vertex AI. */
export class GeminiResponse extends ResponseReaderBase {
  /** Without `alt=sse` a stream is one array of responses. */
  readonly mayBeArray = true;
  private counted: Usage | undefined = undefined;
  private searches = 0;
  private readonly output: GeminiOutput | undefined;

  constructor(provider: string, options: ReadOptions) {
    super(provider, options);
    this.output = options.captureContent ? new GeminiOutput() : undefined;
  }

  // Most chunks repeat the usage, and the last one counts: it is parsed when the facts are asked for and no later one came. Some of Vertex AI's hold a tier alone.
  override wants(data: string): boolean {
    if (this.captures || this.id === undefined || this.model === undefined || holdsFacts(data)) return true;
    this.outputChars += textLength(data, 'text"');
    if (data.includes('TokenCount"')) this.unread = data;
    return false;
  }

  protected override readLate(json: unknown): void {
    const usage = obj(obj(json)?.['usageMetadata']);
    if (usage !== undefined) this.readUsage(usage);
  }

  protected override readHeaders(get: HeaderGet): void {
    this.serviceTier ??= str(get('x-gemini-service-tier'));
  }

  protected override readBody(json: unknown): void {
    if (Array.isArray(json)) for (const one of json) this.readEvent(one);
    else this.readEvent(json);
    this.ended = true;
  }

  protected override readEvent(json: unknown): void {
    if (typeof json !== 'object' || json === null) return;
    const chunk = json as Json;
    const candidates = chunk['candidates'];
    if (Array.isArray(candidates)) for (let at = 0; at < candidates.length; at++) this.readCandidate(candidates[at], at);
    if (this.id === undefined) this.id = str(chunk['responseId']);
    if (this.model === undefined) this.model = str(chunk['modelVersion']);
    const usage = chunk['usageMetadata'];
    if (typeof usage === 'object' && usage !== null) this.readUsage(usage as Json);
    if (chunk['promptFeedback'] !== undefined || chunk['error'] !== undefined) this.readTrouble(chunk);
  }

  protected override usage(): Usage | undefined {
    const { counted } = this;
    return counted === undefined || this.searches === 0 ? counted : { ...counted, fees: this.fees() };
  }

  protected override outputMessages(): unknown {
    return this.output?.messages(this.finishReasons);
  }

  private fees(): PerCallFees {
    return { grounding: this.searches };
  }

  // Counters may change or fall from chunk to chunk: the last object counts as a whole.
  private readUsage(usage: Json): void {
    if (counts(usage)) this.counted = geminiUsage(usage);
    const tier = str(usage['serviceTier']) ?? named(usage['trafficType'], TRAFFIC);
    if (tier !== undefined) this.serviceTier = tier;
  }

  // A prompt that was blocked has no candidate; the reason of the block is all the finish reason there is.
  private readTrouble(chunk: Json): void {
    const blocked = str(obj(chunk['promptFeedback'])?.['blockReason']);
    if (blocked !== undefined && this.finishReasons.length === 0) {
      this.finish(0, blocked);
      this.ended = true;
    }
    if (chunk['error'] !== undefined && chunk['error'] !== null) this.readError(chunk);
  }

  private readCandidate(value: unknown, at: number): void {
    if (typeof value !== 'object' || value === null) return;
    const candidate = value as Json;
    const index = typeof candidate['index'] === 'number' ? candidate['index'] : at;
    const reason = candidate['finishReason'];
    if (reason !== undefined && reason !== null) this.close(index, reason);
    else if (this.finishReasons.length <= index) this.finish(index, undefined);
    const content = candidate['content'];
    if (typeof content === 'object' && content !== null) this.readParts((content as Json)['parts']);
    if (candidate['groundingMetadata'] !== undefined) this.readGrounding(obj(candidate['groundingMetadata']));
    this.output?.candidate(index, candidate);
  }

  private close(index: number, reason: unknown): void {
    this.finish(index, named(reason, REASONS));
    this.ended = !this.finishReasons.some(isOpen);
  }

  private readParts(parts: unknown): void {
    if (!Array.isArray(parts)) return;
    for (let at = 0; at < parts.length; at++) {
      const part = parts[at] as Json | null | undefined;
      if (typeof part !== 'object' || part === null) continue;
      const text = part['text'];
      if (typeof text === 'string') this.outputChars += text.length;
      else if (part['functionCall'] !== undefined) this.readCall(obj(part['functionCall']));
    }
  }

  private readCall(call: Json | undefined): void {
    const name = str(call?.['name']);
    if (name !== undefined) this.toolCalls.push({ id: str(call?.['id']), name });
    this.outputChars += promptSize([call?.['args']])?.chars ?? 0;
  }

  // Newer models are charged by query, older ones by grounded prompt; the number of queries lets either be priced. Chunks repeat them.
  private readGrounding(metadata: Json | undefined): void {
    const queries = list(metadata?.['webSearchQueries']).length;
    if (queries > this.searches) this.searches = queries;
  }
}
