import type { Attempt } from '../../call/call.ts';
import type { Outcome } from '../../call/outcome.ts';
import { totalOutput, type Usage } from '../../call/usage.ts';

/** Answers that prove that nothing was generated: refused as wrong, as too many, or for want of room. Not 408 and 499: there the work may have begun. */
const UNBILLED_STATUS: ReadonlySet<number> = new Set([400, 401, 402, 403, 404, 405, 409, 410, 411, 413, 414, 415, 422, 424, 426, 428, 429, 431, 451, 503, 529]);

/** Faults of the network before a request could be sent. */
const NEVER_SENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** What is known of a call's bill. */
export type Billing =
  /** The provider's own final numbers. */
  | { readonly kind: 'exact'; readonly usage: Usage }
  /** Cut off half way by the app or by us: what was seen, and what the provider may have made ahead. */
  | { readonly kind: 'partial'; readonly usage: Usage | undefined }
  /** Nobody can say; it may have run to its end. */
  | { readonly kind: 'unknown'; readonly usage: Usage | undefined }
  /** Proven to be without charge. */
  | { readonly kind: 'unbilled' };

const provesNoBill = (status: number | undefined, errorType: string | undefined): boolean =>
  status === undefined ? errorType !== undefined && NEVER_SENT.has(errorType) : UNBILLED_STATUS.has(status);

const codeOf = (error: unknown): string | undefined => {
  for (let at: unknown = error, depth = 0; depth < 4 && typeof at === 'object' && at !== null; depth += 1) {
    if ('code' in at && typeof at.code === 'string' && NEVER_SENT.has(at.code)) return at.code;
    at = 'cause' in at ? at.cause : undefined;
  }
  return undefined;
};

const failedUnbilled = (outcome: Extract<Outcome, { kind: 'failed' }>, last: Attempt | undefined): boolean => {
  if (outcome.chunks > 0) return false;
  const status = last?.status ?? outcome.response.httpStatus ?? (/^\d{3}$/.test(outcome.failure.type) ? Number(outcome.failure.type) : undefined);
  return provesNoBill(status, last?.errorType ?? codeOf(outcome.failure.error) ?? outcome.failure.type);
};

/** Whether no other try was made, since the app gave up or a limit let none through: the last one proves that nothing was generated. */
const refusedBefore = ({ chunks, attempts }: Outcome): boolean => {
  const last = attempts.at(-1);
  return chunks === 0 && last !== undefined && provesNoBill(last.status, last.errorType);
};

const isEstimated = (outcome: Outcome): boolean => outcome.cost?.kind === 'priced' && outcome.cost.estimated === true;

// A stream's first event may carry a placeholder of one output token: what was counted meanwhile tells more.
const fuller = (a: Usage | undefined, b: Usage | undefined): Usage | undefined => {
  if (a === undefined || b === undefined) return a ?? b;
  return totalOutput(b.buckets) > totalOutput(a.buckets) ? b : a;
};

const blockedBilling = (outcome: Outcome, usage: Usage | undefined): Billing => {
  if (outcome.chunks > 0 || usage !== undefined) return { kind: 'partial', usage };
  // Another policy refused it before it was sent, or its next try: of the last one nobody knows more than its answer says.
  return outcome.attempts.length === 0 || refusedBefore(outcome) ? { kind: 'unbilled' } : { kind: 'unknown', usage };
};

const completedBilling = (outcome: Outcome, seen: Usage | undefined): Billing => {
  if (outcome.usage === undefined) return { kind: 'unknown', usage: seen };
  return isEstimated(outcome) || outcome.usage.flags.includes('output_unfinished')
    ? { kind: 'partial', usage: fuller(outcome.usage, seen) }
    : { kind: 'exact', usage: outcome.usage };
};

/** Tells what a call's end says about its bill. `seen`: what was counted while its stream ran. */
export const billingOf = (outcome: Outcome, seen: Usage | undefined): Billing => {
  const usage = fuller(outcome.usage, seen);
  switch (outcome.kind) {
    case 'completed':
      return completedBilling(outcome, seen);
    case 'failed':
      return failedUnbilled(outcome, outcome.attempts.at(-1)) ? { kind: 'unbilled' } : { kind: 'unknown', usage };
    case 'blocked':
      return blockedBilling(outcome, usage);
    case 'cancelled':
      if (usage !== undefined) return { kind: 'partial', usage };
      return refusedBefore(outcome) ? { kind: 'unbilled' } : { kind: 'unknown', usage };
    case 'abandoned':
      return { kind: 'unknown', usage };
  }
};

/** Counts the attempts before the last whose fate is unknown: each may have been billed like a whole call. */
export const unknownAttempts = (attempts: readonly Attempt[]): number => attempts.slice(0, -1).filter((a) => !provesNoBill(a.status, a.errorType)).length;
