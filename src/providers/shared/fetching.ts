import { timers } from '../../base/timers.ts';
import type { CallOpener, Rewrite, Verdict } from '../../call/adapter.ts';
import type { Refusal } from '../../call/policy.ts';
import { guard } from '../../base/diag.ts';
import { beginCall, type Begun, type RequestSeen } from './begin.ts';
import { rewriteOrRefuse, unchangeableRefusal } from './rewrite.ts';
import { attemptOf } from './response/attempt.ts';
import { observeResponse, type ResponseLike } from './response/observe.ts';

/** What a budget's owner asked to be sent instead. */
export interface ChangedRequest {
  /** The body as JSON text. */
  readonly body: string;
  /** The address, where the model stands in it and has changed. */
  readonly url: URL | undefined;
  /** The model as the address names it, where that has changed. */
  readonly modelInUrl: string | undefined;
}

/** How an SDK sends one logical call whose answer is a fetch Response. */
export interface FetchingCall {
  readonly seen: RequestSeen;
  /** Sends the app's own request, or a changed one in its place. */
  readonly send: (changed?: ChangedRequest) => Promise<ResponseLike>;
  /** Makes the SDK's own error for a refusal. */
  readonly refusalError: (refusal: Refusal) => unknown;
  /** False where each exchange is recorded as an attempt elsewhere. */
  readonly recordAttempt: boolean;
}

/** The request that a verdict asks for; the reason where it cannot be made. */
const changedBy = ({ hostRules }: CallOpener, seen: RequestSeen, rewrite: Rewrite): ChangedRequest | string => {
  const made = rewriteOrRefuse({ ...seen, hostRules }, rewrite);
  return made.kind === 'impossible' ? made.reason : { body: JSON.stringify(made.body), url: made.url, modelInUrl: made.modelInUrl };
};

const refuse = ({ call }: Begun, refusal: Refusal, { refusalError }: FetchingCall): Promise<ResponseLike> => {
  call.blocked(refusal);
  return Promise.reject(refusalError(refusal));
};

const sendAdmitted = (opener: CallOpener, begun: Begun, verdict: Verdict, fetching: FetchingCall): Promise<ResponseLike> => {
  const { call } = begun;
  if (verdict.kind === 'refused') return refuse(begun, verdict.refusal, fetching);
  const { rewrite } = verdict;
  const changed = rewrite === undefined ? undefined : (guard('rewrite', () => changedBy(opener, fetching.seen, rewrite)) ?? 'it could not be read');
  if (typeof changed === 'string') return refuse(begun, unchangeableRefusal(changed), fetching);
  const startedMs = timers.monotonicMs();
  const attempt = (answer: unknown): void => {
    if (fetching.recordAttempt) guard('attempt', () => call.attempt(attemptOf(answer, timers.monotonicMs() - startedMs)));
  };
  return call
    .run(() => fetching.send(changed))
    .then(
      (response) => {
        attempt(response);
        observeResponse(response, call, begun.reader, {
          hideUsage: false,
          everyEvent: opener.captureContent,
          endOnStatus: true,
          refusalError: fetching.refusalError,
        });
        return response;
      },
      (error: unknown) => {
        attempt(error);
        call.failed(error);
        throw error;
      },
    );
};

/** Sends a call through the walk: opens it, asks the policies, sends, and watches the response. Sends at once what is no call. */
export const sendThrough = (opener: CallOpener, fetching: FetchingCall): Promise<ResponseLike> => {
  const begun = guard(`${fetching.seen.source.name}.begin`, () => beginCall(opener, fetching.seen));
  if (begun === undefined) return fetching.send();
  const { verdict } = begun.call;
  return verdict instanceof Promise ? verdict.then((known) => sendAdmitted(opener, begun, known, fetching)) : sendAdmitted(opener, begun, verdict, fetching);
};

/** Parses a request's body where it is JSON text; anything else has no facts for the readers. */
export const parsedBody = (body: unknown): unknown => {
  if (typeof body !== 'string') return undefined;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
};
