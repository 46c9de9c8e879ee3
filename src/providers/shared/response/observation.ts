import type { OpenCall, UnreadAnswer } from '../../../call/adapter.ts';
import type { Refusal } from '../../../call/policy.ts';
import type { ResponseReader } from '../dialect.ts';
import { KeptBody } from './kept-body.ts';
import { arrayTap, binaryTap, LinesTap } from './other-taps.ts';
import { SseTap } from './sse-tap.ts';
import { UsageFilter } from './usage-filter.ts';

/** How a response is to be watched. */
export interface ObserveOptions {
  /** Whether usage was asked for on the app's behalf, so that its traces are taken out of the stream. */
  readonly hideUsage: boolean;
  /** Whether every event of a stream is read, for content capture. */
  readonly everyEvent: boolean;
  /** Whether a status of 400 or more ends the call here, because nobody else will tell of it. */
  readonly endOnStatus: boolean;
  /** Makes the error that the app sees when a policy stops its stream. */
  refusalError(refusal: Refusal): unknown;
}

/** What reads a stream's events as its bytes go by. */
interface StreamTap {
  readonly terminated: boolean;
  /** Takes the next bytes; gives the number of events that they completed. */
  push(bytes: Uint8Array): number;
  /** Takes what is left when the stream ends. */
  end(): number;
}

/** How the events of a stream are cut, by its content type in lower case; `undefined` where that says nothing of events. */
const tapFor = (contentType: string, status: number, reader: ResponseReader, everyEvent: boolean): StreamTap | undefined => {
  if (reader.isLines === true && status < 400) return new LinesTap(reader, everyEvent);
  if (contentType.includes('event-stream')) return new SseTap(reader, everyEvent);
  if (contentType.includes('vnd.amazon.eventstream')) return binaryTap(reader);
  return /ndjson|jsonl|stream\+json/.test(contentType) ? new LinesTap(reader, everyEvent) : undefined;
};

const OPEN_SQUARE = 91;
const OPEN_CURLY = 123;

/** What an event stream may begin with: `data`, `event`, `id`, `retry`, a comment, an empty line, a byte order mark. */
const EVENT_BEGINS: ReadonlySet<number> = new Set(Buffer.from('deir:\n\r\u00EF', 'latin1'));

/** Content types that say nothing of a body's form, one that is missing among them: SDKs read by what they asked for, whatever is said of the answer. */
const SAYS_NOTHING = /^(?:$|text\/(?:plain|html)|application\/octet-stream)/;

/** Stands in for the reader of a response that was read. */
const NONE: ResponseReader = {
  body: () => undefined,
  event: () => undefined,
  wants: () => false,
  headers: () => undefined,
  facts: () => ({ response: {}, usage: undefined, error: undefined, outputChars: 0, ended: true }),
};

const NO_OPTIONS: ObserveOptions = { hideUsage: false, everyEvent: false, endOnStatus: false, refusalError: (refusal) => new Error(refusal.message) };

/** Stands in for a call that was told how its response ended. */
const OVER: OpenCall = {
  verdict: { kind: 'go', rewrite: undefined },
  ended: true,
  metered: false,
  get answer() {
    return undefined;
  },
  set answer(_) {},
  run: (work) => work(),
  sent: () => undefined,
  attempt: () => undefined,
  chunk: () => undefined,
  completed: () => undefined,
  failed: () => undefined,
  cancelled: () => undefined,
  blocked: () => undefined,
  abandoned: () => undefined,
};

/** What a response and its clones have in common: the one that is read first tells of the call, the others say the same again. */
interface Branches {
  live: number;
  teller: Observation | undefined;
}

/** Follows one response from its first byte to its last, for one call. Does not hold on to the response itself. No method throws. */
export class Observation implements UnreadAnswer {
  #call: OpenCall;
  #options: ObserveOptions;
  readonly filter: UsageFilter | undefined;
  #reader: ResponseReader;
  #tap: StreamTap | undefined;
  #json: boolean;
  /** Whether its first bytes are to say what it is. */
  #isOpen: boolean;
  readonly #status: number;
  readonly #contentType: string;
  /** Absent until there is a clone. */
  #branches: Branches | undefined;
  #told = false;
  /** What the app read of a body that is a whole, piece by piece. */
  #kept: KeptBody | undefined;

  /** Held for seconds at most. */
  #unread: object | undefined;
  #watch: ((observation: Observation, response: object) => void) | undefined;
  #over: ((observation: Observation) => void) | undefined;
  #deferred = false;
  #text: string | undefined;

  constructor(call: OpenCall, reader: ResponseReader, contentType: string, status: number, options: ObserveOptions, branches?: Branches) {
    this.#contentType = contentType;
    this.#branches = branches;
    this.#call = call;
    this.#options = options;
    this.#reader = reader;
    this.#status = status;
    const type = contentType.toLowerCase();
    this.#json = type.includes('json');
    this.#isOpen = SAYS_NOTHING.test(type);
    this.#tap = tapFor(type, status, reader, options.everyEvent || call.metered);
    this.filter = options.hideUsage && (this.#isOpen || type.includes('event-stream')) ? new UsageFilter() : undefined;
  }

  /** The call, until it was told how the response ended. */
  get call(): OpenCall {
    return this.#call;
  }

  get options(): ObserveOptions {
    return this.#options;
  }

  unread(): void {
    this.#call.abandoned('unread');
  }

  /**
   * Says that the body is a whole that the app is yet to read. `watch` is called with the response where that has not begun after some seconds: watching
   * from the start whether it is kept would cost as much as all the rest.
   */
  awaitReader(response?: object, watch?: (observation: Observation, response: object) => void): void {
    // Where the SDK makes an error of the answer, it reads it by itself.
    if (this.isStream || (this.#status >= 400 && !this.#options.endOnStatus)) return;
    this.#unread = response;
    this.#watch = watch;
    this.#call.answer = this;
  }

  waiting(): void {
    const response = this.#unread;
    this.#unread = undefined;
    if (this.#status >= 400) this.unread();
    else if (response !== undefined) this.#watch?.(this, response);
  }

  /** The app begins to read. */
  begin(): void {
    this.#unread = undefined;
    this.#call.answer = undefined;
  }

  /** Calls `over` once, when the body came to its end or was let go. */
  whenOver(over: (observation: Observation) => void): void {
    this.#over = over;
  }

  /** Follows a clone of the response. */
  branch(): Observation {
    this.#branches ??= { live: 1, teller: this.#told ? this : undefined };
    this.#branches.live++;
    return new Observation(this.#call, this.#reader, this.#contentType, this.#status, this.#options, this.#branches);
  }

  /** The app let go of the response or of its body. */
  cancelled(): void {
    this.#tellOver();
    if (this.#isLast()) this.#call.cancelled();
  }

  /** Nobody can read the response any more. */
  collected(): void {
    if (this.#isLast()) this.#call.abandoned('collected');
  }

  /** Takes bytes that are about to reach the app. A refusal asks for the stream to be stopped. */
  bytes(piece: Uint8Array): Refusal | undefined {
    if (!this.#tells()) return undefined;
    if (!this.isStream) this.begin();
    this.#tap ??= this.#tapBy(piece[0]);
    if (this.#tap === undefined) {
      if (this.#json && piece.length > 0) (this.#kept ??= new KeptBody()).push(piece);
      return undefined;
    }
    const events = this.#tap.push(piece);
    const refusal = events > 0 ? this.#call.chunk(events) : undefined;
    if (this.#tap.terminated) {
      this.#tellOver();
      this.#call.completed();
      if (refusal === undefined) this.#letGo();
    }
    return refusal;
  }

  /** Whether there is a stream to be left unread; a plain body that nobody reads ends by the clock. */
  get isStream(): boolean {
    return !this.#json;
  }

  /** The body came to its end. */
  finished(): void {
    this.#tellOver();
    if (!this.#tells()) return;
    if (this.#tap !== undefined) this.#tap.end();
    else if (this.#kept !== undefined) this.#parse(this.#kept.take());
    this.#end();
  }

  /** Says that the SDK parses the body that it reads as text, and will hand over what came out: no second parse is needed. */
  defer(): void {
    this.#deferred = true;
  }

  /** Takes what an SDK made of the body; where that is no object, the text is read after all. */
  parsed(value: unknown): void {
    if (!this.#deferred) return;
    this.#deferred = false;
    const text = this.#text;
    this.#text = undefined;
    if (text === undefined) return;
    if (typeof value === 'object' && value !== null) this.json(value);
    else this.text(text);
  }

  /** The app was given the whole body as text. */
  text(text: string): void {
    if (!this.#tells()) return;
    if (this.#deferred) {
      this.#text = text;
      return;
    }
    this.#tap ??= this.#isOpen ? this.#tapBy(text.charCodeAt(0)) : undefined;
    if (this.#tap !== undefined) {
      this.#tap.push(Buffer.from(text));
      this.#tap.end();
      this.#call.chunk(1);
    } else this.#parse(text);
    this.#end();
  }

  /** The app was given the whole body as parsed JSON. */
  json(value: unknown): void {
    if (!this.#tells()) return;
    this.#reader.body(value);
    this.#end();
  }

  /** The app was given the whole body in a form that holds no facts, or has none. */
  opaque(): void {
    if (this.#tells()) this.#end();
  }

  #tells(): boolean {
    if (this.#call.ended) return false;
    this.#told = true;
    if (this.#branches === undefined) return true;
    this.#branches.teller ??= this;
    return this.#branches.teller === this;
  }

  #isLast(): boolean {
    if (this.#branches === undefined) return true;
    const { live, teller } = this.#branches;
    if (live > 1) this.#branches.live--;
    // Another one that tells of the call goes on; where the teller itself is let go, nobody begins again in its place.
    return teller === this || (teller === undefined && live === 1);
  }

  /** What reads a body that begins so. A JSON array is cut into its elements; errors come as one too, and are read as a whole. */
  #tapBy(first: number | undefined): StreamTap | undefined {
    if (this.#status >= 400 || first === undefined) return undefined;
    if (this.#isOpen) {
      this.#isOpen = false;
      this.#json = first === OPEN_CURLY;
      return EVENT_BEGINS.has(first) ? new SseTap(this.#reader, this.#options.everyEvent || this.#call.metered) : undefined;
    }
    const isArray = this.#reader.mayBeArray === true && this.#json && this.#kept === undefined && first === OPEN_SQUARE;
    return isArray ? arrayTap(this.#reader) : undefined;
  }

  #parse(text: string): void {
    if (text === '') return;
    try {
      this.#reader.body(JSON.parse(text));
    } catch {
      // A body that is not what it claims to be is the app's to complain about.
    }
  }

  #tellOver(): void {
    this.begin();
    const over = this.#over;
    this.#over = undefined;
    over?.(this);
  }

  #end(): void {
    this.#tellOver();
    if (this.#status < 400) this.#call.completed();
    // Where the adapter sees the SDK's own error, that one ends the call: it knows more.
    else if (this.#options.endOnStatus) this.#call.failed(this.#failure());
    this.#letGo();
  }

  /** A response lives until a major collection, and what is kept with it as well. */
  #letGo(): void {
    this.#reader = NONE;
    this.#call = OVER;
    this.#options = NO_OPTIONS;
  }

  #failure(): { readonly status: number; readonly message: string | undefined; readonly code: string | undefined } {
    const { error } = this.#reader.facts();
    return { status: this.#status, message: error?.message, code: error?.type };
  }
}
