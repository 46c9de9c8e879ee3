import type { Dialect, Operation, RequestFacts } from '../../call/call.ts';
import type { ReadFacts } from '../../call/read-facts.ts';

export type { ReadFacts } from '../../call/read-facts.ts';

/** Reads one response, whole or event by event. Never throws, never changes and never keeps what it is given. */
export interface ResponseReader {
  /** Reads the parsed JSON of a whole response. */
  body(json: unknown): void;
  /** Reads one parsed event of a stream. Costs well under 0.1 µs for a delta that carries no facts. */
  event(json: unknown): void;
  /**
   * Says cheaply whether the raw text of an event may hold a fact, so that the wire tap need not parse it. Asked once for each event, in order: the
   * text of an event that is not wanted is counted here, and counts that every event repeats are put off until the facts are asked for.
   * Text whose code units are raw UTF-8 bytes is understood as well, for every name that is looked for is ASCII.
   */
  wants(data: string): boolean;
  /**
   * Gives where the next event begins, when at `from` of the raw bytes of an event stream stands a whole one that `wants` would not want, and this reader
   * knows that at a glance; it is counted then. Else -1, and `wants` is to be asked.
   */
  skip?(bytes: DataView, from: number): number;
  /** Reads another whole answer to the same request, which was paid for and which the app was not given. */
  aside?(json: unknown): void;
  /** Reads what the response headers tell: request id, tier, rate-limit headroom. `get` takes lower-case names. */
  headers(get: (name: string) => string | null | undefined, status: number): void;
  /** Whether a stream of this dialect may come as one JSON array whose elements are the events. */
  readonly mayBeArray?: boolean;
  /** Whether a body of this dialect is JSON lines, whatever its content type says; each of them is an event. */
  readonly isLines?: boolean;
  /** Whether the last event of a stream was read, where the dialect says so in the event itself: a client may leave the body alone from there on. */
  readonly isOver?: boolean;
  /** Gives what is known now; may be asked more than once. */
  facts(): ReadFacts;
}

/** What a reader gathers besides numbers. */
export interface ReadOptions {
  /** Whether prompts and answers are gathered, in the schemas of the GenAI conventions. */
  readonly captureContent: boolean;
}

/** One wire format: the only place where its quirks are known. SDK hooks and the wire tap use the same one. */
export interface DialectReader {
  readonly dialect: Dialect;
  /** Reads the request's facts from its parsed body and its path. Never throws. */
  request(body: unknown, path: string): RequestFacts;
  /** Reads the prompt as content in the convention's schemas; only called where the owner opted in. */
  requestContent(body: unknown): { readonly inputMessages?: unknown; readonly systemInstructions?: unknown; readonly toolDefinitions?: unknown };
  /** Begins to read a response to `request`, from `provider` (`gen_ai.provider.name`). */
  response(provider: string, options: ReadOptions): ResponseReader;
}

/** What a method and a path say about a call. */
export interface Endpoint {
  readonly dialect: Dialect;
  readonly operation: Operation;
  /** The model, where the path names it (Gemini, Vertex, Azure deployments, Bedrock). */
  readonly model: string | undefined;
  /** True where the path alone says that the answer is a stream. */
  readonly stream: boolean;
  /** `false` where a batch is asked after or called off, or its results are fetched. */
  readonly spends?: false;
}
