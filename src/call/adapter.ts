import type { Attempt, Dialect, Operation, RequestFacts } from './call.ts';
import type { AbandonReason, Content } from './outcome.ts';
import type { ReadFacts } from './read-facts.ts';
import type { ToolExecution, ToolSpan } from './recorder.ts';
import type { Refusal } from './policy.ts';

/** What an adapter or the wire tap knows of a call before it is sent. */
export interface CallStart {
  readonly operation: Operation;
  readonly dialect: Dialect;
  /** `gen_ai.provider.name`. */
  readonly provider: string;
  readonly serverAddress: string | undefined;
  readonly serverPort: number | undefined;
  /** The endpoint without query, userinfo and fragment. */
  readonly baseUrl: string | undefined;
  /** `false` where the path says that nothing is made, only asked after, fetched or called off. */
  readonly spends?: false | undefined;
  /** Reads what the request asks for from its body; asked once, in the turn in which it is sent or the next one. */
  request(): RequestFacts;
  /** Who saw the call: npm name and version of the SDK, or `wire`. */
  readonly source: { readonly name: string; readonly version: string | undefined };
  /** The API key of the request. It is fingerprinted and goes nowhere. */
  readonly credential?: string | undefined;
  /** Gives what is known of the response whenever it is asked. */
  facts(): ReadFacts;
  /** Gives the prompt as content; asked only where the owner opted in. */
  content?(): Content;
  /** Gives the whole request as text, to look for keys in it; it goes nowhere. */
  prompt?(): string;
  /** By which the app calls the request off, also while a policy lets it wait. */
  readonly signal?: AbortSignal | undefined;
  /** Whether the client's own timeout gives the same error as an abort of the app's, which only `signal` then tells. */
  readonly abortsLate?: boolean;
  /** Set where the request goes out unless it is refused at once. */
  readonly cannotWait?: boolean;
}

/** What the owner opted in to changing in a request. */
export interface Rewrite {
  readonly model?: string;
  readonly maxTokens?: number;
}

/** The answer of all policies together: go on, perhaps changed, or not. */
export type Verdict = { readonly kind: 'go'; readonly rewrite: Rewrite | undefined } | { readonly kind: 'refused'; readonly refusal: Refusal };

/** What is known of the connection that an exchange went over. */
export type Connection = Pick<Attempt, 'connectionReused' | 'requestBytes'>;

/** Reads what one HTTP exchange came to: the `number`th of its call, over `connection`. Holds on to the headers of the answer, never to the answer. */
export type ReadAttempt = (number: number, connection: Connection | undefined) => Attempt;

/** A whole answer that nobody has begun to read. */
export interface UnreadAnswer {
  /** Some seconds have passed: a call that has failed ends, for any other it is watched whether the app still holds on to the answer. */
  waiting(): void;
  /** Ends the call, for nobody will read it. */
  unread(): void;
}

/**
 * A call while it runs. The first of `completed`, `failed`, `cancelled`, `blocked` and `abandoned` ends it; later ones do nothing.
 * No method throws.
 */
export interface OpenCall {
  /** Known at once unless a policy has to ask a store elsewhere. */
  readonly verdict: Verdict | Promise<Verdict>;
  readonly ended: boolean;
  /** True when a policy wants to see a stream grow, so that every event is read. */
  readonly metered: boolean;
  /** The answer of this call that the app has got and has not begun to read, where it is no stream. Set and taken back by what watches the answer. */
  answer: UnreadAnswer | undefined;
  /** Runs `work` with this call as the current one and its span as the active one. */
  run<T>(work: () => T): T;
  /** Hands over the body as it is sent, so that keys are looked for in just that and it need not be written a second time. */
  sent(text: string): void;
  /** Notes an HTTP exchange that has just been answered or has failed. What it came to is read when somebody wants to know. */
  attempt(read: ReadAttempt): void;
  /** Says over what connection the exchange goes that is told of next. */
  sentOver?(connection: Connection): void;
  /** By what the app may call off the answer that it has got, besides the signal of its request: an SDK hands out a controller of its own. Set by who sends it. */
  stopper?: AbortSignal | undefined;
  /** Asks whether an automatic retry may be sent; the first attempt always may. A refusal has ended the call and is to be answered in the provider's place. */
  retrying?(): Refusal | undefined | Promise<Refusal | undefined>;
  /** Tells that the app was handed `events` more events of a stream. A refusal asks for the stream to be stopped. */
  chunk(events: number): Refusal | undefined;
  completed(): void;
  failed(error: unknown): void;
  cancelled(): void;
  blocked(refusal: Refusal): void;
  abandoned(reason: AbandonReason): void;
}

/** A form of asking a model that is not read: over a WebSocket, by gRPC, by streams in both directions. */
export type UnreadForm = 'websocket' | 'grpc' | 'bidirectional';

/** The door through which adapters and the wire tap bring calls in. No method throws. */
export interface CallOpener {
  /** Opens a call; `undefined` when it is not to be seen (switched off, or inside a call that is seen already). */
  open(start: CallStart): OpenCall | undefined;
  /** The call in whose scope the code runs now. */
  current(): OpenCall | undefined;
  /** What the running code is labelled with, to tell by its identity which requests belong together. */
  labels(): object | undefined;
  /** Opens the span of a tool that a tool runner executes. */
  openTool(tool: ToolExecution): ToolSpan | undefined;
  /** Whether prompts and answers are gathered. */
  readonly captureContent: boolean;
  /** Whether usage may be asked for on a stream to this host, where the app did not ask. */
  asksUsage(hostname: string): boolean;
  /** Gives the owner's own name for a host, where one is configured. */
  readonly hostRules: readonly { readonly host: string; readonly pathPrefix?: string; readonly provider: string }[];
  /** Counts a request to a provider in a form that is not read, so that what is asked by it is in no sum. */
  unseen(provider: string, form: UnreadForm): void;
  /** Hands over a key that a client holds, so that it is removed wherever it appears. */
  learnSecret(secret: unknown): void;
}
