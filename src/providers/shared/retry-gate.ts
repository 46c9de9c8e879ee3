import { guard } from '../../base/diag.ts';
import type { OpenCall } from '../../call/adapter.ts';
import { refusalStatus } from '../../call/errors.ts';
import { retryAfter, type Refusal } from '../../call/policy.ts';
import type { ResponseLike } from './response/observe.ts';

/** The answer that an SDK is given for a retry that a policy refused: its own error comes of it, and no further retry. */
const answerOf = (refusal: Refusal): ResponseLike => {
  const { code, message } = refusal;
  return new Response(JSON.stringify({ error: { message, type: code, code, param: null } }), {
    status: refusalStatus(code),
    headers: { 'content-type': 'application/json', 'x-should-retry': 'false', 'x-purser-refusal': code, ...retryAfter(refusal) },
  });
};

/** Sends an attempt of a call, once the policies let it go: a retry may have to wait, or is answered in the provider's place. */
export const sendAttempt = (call: OpenCall, send: () => Promise<ResponseLike>, refused?: (refusal: Refusal) => void): Promise<ResponseLike> => {
  const held = guard('retry', () => call.retrying?.());
  if (held === undefined) return send();
  const go = (refusal: Refusal | undefined): ResponseLike | Promise<ResponseLike> => {
    if (refusal === undefined) return send();
    refused?.(refusal);
    return answerOf(refusal);
  };
  return held instanceof Promise ? held.then(go) : Promise.resolve(go(held));
};

/** The answers to all further attempts of a call whose retry was refused, for an SDK that goes on trying. */
export const refusedAttempt = (refusal: Refusal): Promise<ResponseLike> => Promise.resolve(answerOf(refusal));
