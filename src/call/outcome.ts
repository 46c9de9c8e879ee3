import type { Attempt } from './call.ts';
import type { Cost } from './cost.ts';
import type { Refusal } from './policy.ts';
import type { Usage } from './usage.ts';

/** What is left of a provider's rate limits, read from response headers. */
export interface RateLimitHeadroom {
  readonly limitRequests?: number;
  readonly remainingRequests?: number;
  readonly limitTokens?: number;
  readonly remainingTokens?: number;
}

/** A tool call that the model asked for; arguments are content and kept elsewhere. */
export interface ToolCallFact {
  readonly id: string | undefined;
  readonly name: string;
}

/** Prompt and answer, gathered only where the owner opted in; in the schemas of the GenAI conventions. */
export interface Content {
  readonly inputMessages?: unknown;
  readonly outputMessages?: unknown;
  readonly systemInstructions?: unknown;
  readonly toolDefinitions?: unknown;
}

/** What was learnt from the response, as far as it came. */
export interface ResponseFacts {
  readonly id?: string;
  readonly model?: string;
  /** One for each choice, in order; `error` where a choice never came to an end. */
  readonly finishReasons?: readonly string[];
  readonly status?: string;
  readonly serviceTier?: string;
  readonly systemFingerprint?: string;
  readonly geo?: string;
  readonly speed?: string;
  readonly requestId?: string;
  readonly httpStatus?: number;
  readonly toolCalls?: readonly ToolCallFact[];
  readonly compacted?: boolean;
  readonly conversationId?: string;
  readonly headroom?: RateLimitHeadroom;
  readonly content?: Content;
}

/** What every outcome carries. */
export interface Ending {
  readonly response: ResponseFacts;
  /** `undefined` when the provider sent none: missing is not zero. */
  readonly usage: Usage | undefined;
  readonly cost: Cost | undefined;
  readonly attempts: readonly Attempt[];
  /** From the start of the call to its end, in milliseconds. */
  readonly durationMs: number;
  /** From the start of the call to the first chunk of a stream, in milliseconds. */
  readonly firstChunkMs: number | undefined;
  /** How many chunks the app read from the stream. */
  readonly chunks: number;
}

/** What went wrong, in words fit for telemetry. */
export interface Failure {
  /** `error.type`: an HTTP status, a provider's code or a class name; low cardinality. */
  readonly type: string;
  /** The error's text, not yet cleaned; it never leaves without redaction. */
  readonly message: string | undefined;
  readonly error: unknown;
}

/** The call ran to its end. */
export interface Completed extends Ending {
  readonly kind: 'completed';
}

/** The provider, the network or the SDK failed it. */
export interface Failed extends Ending {
  readonly kind: 'failed';
  readonly failure: Failure;
}

/** A policy refused it before, or stopped it while, it ran. */
export interface Blocked extends Ending {
  readonly kind: 'blocked';
  readonly refusal: Refusal;
}

/** The app aborted it, by signal or by breaking off the stream. */
export interface Cancelled extends Ending {
  readonly kind: 'cancelled';
}

/** Why nobody ended a call: its stream was dropped and collected, or stalled, its answer was never read, or the process ended. */
export type AbandonReason = 'collected' | 'process_exit' | 'idle' | 'unread';

/** Nobody ended it. */
export interface Abandoned extends Ending {
  readonly kind: 'abandoned';
  readonly reason: AbandonReason;
}

/** How a call ended; every admitted call gets exactly one. */
export type Outcome = Completed | Failed | Blocked | Cancelled | Abandoned;
