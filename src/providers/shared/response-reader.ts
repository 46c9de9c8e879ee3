import { guard } from '../../base/diag.ts';
import type { Content, RateLimitHeadroom, ResponseFacts, ToolCallFact } from '../../call/outcome.ts';
import type { ProviderCost, Usage } from '../../call/usage.ts';
import { NO_TOKENS } from '../../call/usage.ts';
import type { ReadFacts, ReadOptions, ResponseReader } from './dialect.ts';
import { errorTypeOf, readError } from './errors.ts';
import { NO_REASON } from './finish-reasons.ts';
import { defined } from './json.ts';
import type { HeaderGet } from './rate-limit.ts';
import { headroomOf } from './rate-limit.ts';
import { picoFromDecimal } from './usage/decimal.ts';

/** Request ids by header, the provider's own first. */
const REQUEST_IDS = ['x-request-id', 'request-id', 'x-amzn-requestid', 'apim-request-id', 'mistral-correlation-id', 'x-goog-request-id'];

const firstHeader = (get: HeaderGet, names: readonly string[]): string | undefined => {
  for (const name of names) {
    const value = get(name);
    if (typeof value === 'string' && value !== '') return value;
  }
  return undefined;
};

// Raw text of a stream may be no JSON at all.
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

/** What all readers of responses share: the facts gathered so far, headers, errors, and the promise never to throw. */
export abstract class ResponseReaderBase implements ResponseReader {
  protected id: string | undefined = undefined;
  protected model: string | undefined = undefined;
  protected status: string | undefined = undefined;
  protected serviceTier: string | undefined = undefined;
  protected fingerprint: string | undefined = undefined;
  protected geo: string | undefined = undefined;
  protected speed: string | undefined = undefined;
  protected conversationId: string | undefined = undefined;
  protected compacted = false;
  protected outputChars = 0;
  protected outputIsOpen = false;
  protected ended = false;
  protected readonly finishReasons: string[] = [];
  protected readonly toolCalls: ToolCallFact[] = [];
  protected readonly provider: string;
  protected readonly captures: boolean;
  protected error: { readonly type: string; readonly message: string | undefined } | undefined = undefined;
  /** The raw text of an event whose counts matter only if no later one comes. */
  protected unread: string | undefined = undefined;
  /** Headers cannot change, so that they are read when somebody wants to know. */
  private unreadHeaders: HeaderGet | undefined = undefined;
  private requestId: string | undefined = undefined;
  private httpStatus: number | undefined = undefined;
  private headroom: RateLimitHeadroom | undefined = undefined;
  private headerCost: ProviderCost | undefined = undefined;

  constructor(provider: string, options: ReadOptions) {
    this.provider = provider;
    this.captures = options.captureContent;
  }

  /** Reads a whole response. */
  protected abstract readBody(json: unknown): void;
  /** Reads one event. */
  protected abstract readEvent(json: unknown): void;
  /** Reads what `wants` put off: the last one of many events that each say the same again, such as the usage so far. */
  protected readLate(_json: unknown): void {}
  /** Gives the usage read so far. */
  protected abstract usage(): Usage | undefined;

  /** Gives the answer as messages of the convention, where content is captured. */
  protected outputMessages(): unknown {
    return undefined;
  }

  /** Whether a stream has said neither that it is at its end nor why each of its choices ended. */
  protected isUnfinished(): boolean {
    return !this.ended && this.error === undefined && (this.finishReasons.length === 0 || this.finishReasons.includes(NO_REASON));
  }

  body(json: unknown): void {
    guard('dialect.body', () => {
      this.readBody(json);
      if (!this.saysNothing()) return;
      if (this.error === undefined) this.readError(json);
      if (this.error !== undefined) this.finishReasons.length = 0;
    });
  }

  event(json: unknown): void {
    if (this.unread !== undefined) this.catchUp();
    try {
      this.readEvent(json);
    } catch (error) {
      guard('dialect.event', () => {
        throw error;
      });
    }
  }

  wants(_data: string): boolean {
    return true;
  }

  headers(get: HeaderGet, status: number): void {
    this.httpStatus = status;
    this.unreadHeaders = get;
  }

  private takeHeaders(get: HeaderGet): void {
    this.unreadHeaders = undefined;
    guard('dialect.headers', () => {
      this.requestId = firstHeader(get, REQUEST_IDS);
      this.headroom = headroomOf(get, this.anthropicHeaders());
      this.readHeaders(get);
      const cost = picoFromDecimal(get('x-litellm-response-cost'));
      if (cost !== undefined) this.headerCost = { amount: cost, field: 'x-litellm-response-cost' };
    });
  }

  facts(): ReadFacts {
    if (this.unreadHeaders !== undefined) this.takeHeaders(this.unreadHeaders);
    if (this.unread !== undefined) this.catchUp();
    const read = guard('dialect.facts', () => ({ response: this.responseFacts(), usage: this.pricedUsage() }));
    return {
      response: read?.response ?? {},
      usage: read?.usage,
      error: this.error,
      outputChars: this.outputChars,
      outputIsOpen: this.outputIsOpen,
      ended: this.ended,
    };
  }

  /** Says whether Anthropic's names of rate-limit headers are looked for first. */
  protected anthropicHeaders(): boolean {
    return false;
  }

  /** Reads headers that only one dialect has. */
  protected readHeaders(_get: HeaderGet): void {}

  /** Takes an error envelope, when the JSON is one. */
  protected readError(json: unknown): void {
    const error = readError(json);
    if (error !== undefined) this.error = { type: errorTypeOf(error), message: error.message };
  }

  /** Notes why a choice ended, or that it was begun. */
  protected finish(index: number, reason: unknown): void {
    if (index < 0 || index > 1000) return;
    while (this.finishReasons.length <= index) this.finishReasons.push(NO_REASON);
    if (typeof reason === 'string' && reason !== '') this.finishReasons[index] = reason;
  }

  private catchUp(): void {
    const text = this.unread;
    this.unread = undefined;
    if (text !== undefined) guard('dialect.late', () => this.readLate(parsed(text)));
  }

  private saysNothing(): boolean {
    return this.id === undefined && this.finishReasons.every((reason) => reason === NO_REASON) && this.usage() === undefined;
  }

  private toldUsage(): Usage | undefined {
    const usage = this.usage();
    return usage !== undefined && this.isUnfinished() ? { ...usage, flags: [...usage.flags, 'output_unfinished'] } : usage;
  }

  private pricedUsage(): Usage | undefined {
    const usage = this.toldUsage();
    if (this.headerCost === undefined || usage?.providerCost !== undefined) return usage;
    return { ...(usage ?? { buckets: NO_TOKENS, flags: [] }), providerCost: this.headerCost };
  }

  private responseFacts(): ResponseFacts {
    const outputMessages = this.captures ? this.outputMessages() : undefined;
    return defined<ResponseFacts>({
      id: this.id,
      model: this.model,
      finishReasons: this.finishReasons.length > 0 ? [...this.finishReasons] : undefined,
      status: this.status,
      serviceTier: this.serviceTier,
      systemFingerprint: this.fingerprint,
      geo: this.geo,
      speed: this.speed,
      requestId: this.requestId,
      httpStatus: this.httpStatus,
      toolCalls: this.toolCalls.length > 0 ? [...this.toolCalls] : undefined,
      compacted: this.compacted ? true : undefined,
      conversationId: this.conversationId,
      headroom: this.headroom,
      content: outputMessages === undefined ? undefined : ({ outputMessages } satisfies Content),
    });
  }
}
