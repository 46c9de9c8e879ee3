import { guard } from '../../base/diag.ts';
import { timers } from '../../base/timers.ts';
import type { CallOpener, OpenCall } from '../../call/adapter.ts';
import type { Refusal } from '../../call/policy.ts';
import { attemptOf } from '../shared/response/attempt.ts';
import type { ResponseLike } from '../shared/response/observe.ts';
import { refusedAttempt, sendAttempt } from '../shared/retry-gate.ts';
import type { Exchanges, Through } from './global-fetch.ts';

/** Tells a call of what is sent as an attempt, unless its attempts were seen one by one. */
export const watched = (call: OpenCall, send: () => Promise<ResponseLike>, exchanges?: Exchanges): Promise<ResponseLike> => {
  const startedMs = timers.monotonicMs();
  const attempt = (answer: unknown): void => {
    if (exchanges?.isSeen !== true) guard('attempt', () => call.attempt(attemptOf(answer, timers.monotonicMs() - startedMs)));
  };
  return send().then(
    (response) => {
      attempt(response);
      return response;
    },
    (error: unknown) => {
      attempt(error);
      // Lines before 2.0 make an error of their own that says nothing of the one behind it.
      if (exchanges?.error !== undefined) call.failed(exchanges.error);
      throw error;
    },
  );
};

/** Attempts are seen one by one at the fetch, for `apiCall` retries inside. */
export const counting = (opener: CallOpener): Through => {
  // The SDK tries again whatever the answer says, and the call has ended by then.
  let refused: Refusal | undefined;
  return (send) => {
    if (refused !== undefined) return refusedAttempt(refused);
    const call = opener.current();
    if (call === undefined) return send();
    return sendAttempt(
      call,
      () => watched(call, send),
      (refusal) => (refused = refusal),
    );
  };
};
