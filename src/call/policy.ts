import { timers } from '../base/timers.ts';
import type { Call } from './call.ts';
import { PurserError, refusalStatus } from './errors.ts';
import type { Outcome } from './outcome.ts';
import type { Usage } from './usage.ts';

/** Why a policy said no. */
export type RefusalCode = 'budget_exhausted' | 'budget_in_flight' | 'request_exceeds_budget' | 'rate_limited' | 'concurrency_limited' | 'policy_unavailable';

/** A policy's no, with all that the app and the person on call need to know. */
export interface Refusal {
  readonly code: RefusalCode;
  /** The policy that refused, such as `budget`. */
  readonly policy: string;
  /** The id of the rule or budget that refused. */
  readonly rule: string;
  /** One sentence, free of secrets. */
  readonly message: string;
  /** When a new try may succeed, in milliseconds since the epoch, where that can be said. */
  readonly retryAtMs?: number;
  /** Further facts by name: limit, spent, reserved, resets at; plain numbers in the unit that the name states. */
  readonly details: Readonly<Record<string, string | number>>;
  /** What the span shows besides the refusal itself, such as how long the call waited. */
  readonly marks?: PolicyMarks;
}

/** What an SDK's own error for a refusal has as its cause. */
export const causeOf = ({ code, rule, message, details }: Refusal): PurserError => new PurserError(code, { rule, ...details }, { message });

/** The header that says when to try again, for a refusal by a limit; budgets start over too late for that. Seconds, rounded up. */
export const retryAfter = ({ code, retryAtMs }: Refusal): { readonly 'retry-after'?: string } =>
  retryAtMs === undefined || refusalStatus(code) !== 429 ? {} : { 'retry-after': String(Math.max(1, Math.ceil((retryAtMs - timers.nowMs()) / 1000))) };

/** A mark that a policy leaves on the span, such as `purser.policy.downgraded`. */
export type PolicyMarks = Readonly<Record<string, string | number | boolean>>;

/** Whoever waits for a policy's answer: the app, which may call its request off meanwhile. */
export interface Caller {
  /** True once nobody waits any more: the app called it off, or the call has ended otherwise. */
  readonly gone: boolean;
  /** True where the request is on its way whatever is answered: then the call is counted, and neither waits nor is refused. */
  readonly onItsWay?: boolean;
  /** How the call ended, where it has: it may before a policy has answered. */
  readonly outcome?: Outcome | undefined;
  /** Has `listen` called once when that happens; the function given back takes the listener off. */
  onGone(listen: () => void): () => void;
}

/** What an admitted call holds of one policy until it ends. */
export interface Grant {
  readonly marks?: PolicyMarks;
  /** Changes that the owner opted in to: another model of the same provider, a lower bound of output tokens. */
  readonly rewrite?: { readonly model?: string; readonly maxTokens?: number };
  /**
   * Told as a stream grows, with what it is estimated to have used so far. Must not throw.
   * A refusal stops the stream. A promise does not hold the stream up; its refusal takes effect when it arrives.
   */
  progress?(soFar: Usage): Refusal | undefined | Promise<Refusal | undefined>;
  /**
   * Asked before an automatic retry inside the call is sent, where the SDK lets that be seen. A promise holds the retry up; a refusal is
   * answered in the provider's place and ends the call. Must not throw.
   */
  retry?(caller: Caller): Refusal | undefined | Promise<Refusal | undefined>;
  /** Told exactly once how the call ended. Must not throw; a rejected promise is reported as a fault. */
  settle(outcome: Outcome): void | Promise<void>;
}

/** A policy's answer before a call is sent. */
export type Admission =
  | { readonly kind: 'admitted'; readonly grant: Grant }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'indifferent' };

/** The answer of a policy that has nothing to say about a call. */
export const INDIFFERENT: Admission = { kind: 'indifferent' };

/**
 * A rule that may refuse calls and must account for them. Two phases: `admit` before the call, the grant's `settle` after it.
 * A policy that throws or rejects in `admit` counts as indifferent and is reported as a fault; what it does
 * when its own store is away is its own decision, by its `on_store_unavailable`.
 */
export interface Policy {
  readonly name: string;
  /** Answers at once where it can: a promise delays the app's call. An answer to a caller who is gone is settled at once. */
  admit(call: Call, caller?: Caller): Admission | Promise<Admission>;
  /** Settles what can be settled and lets go of timers and connections. Bounded by the caller. */
  stop?(): Promise<void>;
}
