import type { Outcome } from '../../call/outcome.ts';

/** How a call's end reads in telemetry: the error's type and sentence, or neither. */
export interface CallEnding {
  /** `error.type`, exactly when the span's status is ERROR. */
  readonly errorType: string | undefined;
  /** The sentence of the status, not yet cleaned. */
  readonly message: string | undefined;
}

const FINE: CallEnding = { errorType: undefined, message: undefined };

/**
 * Gives the error of a call. An app that aborts or breaks off a stream got what it wanted, and a stream that was dropped or cut by
 * the end of the process did not fail: their spans stay without a status and say so in `purser.outcome`. A stalled stream failed.
 */
export const callEnding = (outcome: Outcome): CallEnding => {
  switch (outcome.kind) {
    case 'failed':
      return { errorType: outcome.failure.type === '' ? '_OTHER' : outcome.failure.type, message: outcome.failure.message };
    case 'blocked':
      return { errorType: outcome.refusal.code, message: outcome.refusal.message };
    case 'abandoned':
      return outcome.reason === 'idle' ? { errorType: 'stream_idle', message: 'The stream stalled.' } : FINE;
    case 'completed':
    case 'cancelled':
      return FINE;
  }
};
