import { timers } from '../../base/timers.ts';
import type { Rewrite, Verdict } from '../../call/adapter.ts';
import { guard } from '../../base/diag.ts';
import { attemptOf } from '../../providers/shared/response/attempt.ts';
import { observeResponse } from '../../providers/shared/response/observe.ts';
import { AttemptCall } from '../attempt-call.ts';
import { beginOnWire, type WireCall, type WireDeps } from '../begin-on-wire.ts';
import { changeBody } from '../change-body.ts';
import { UNREAD, type BodyRead } from '../read-text.ts';
import { isRedirected } from '../redirect.ts';
import { brokenWaitMs, retryWaitMs } from '../retries.ts';
import { verdictOn } from '../verdict-on.ts';
import { refusalAnswer, streamRefusal } from '../refusal.ts';
import type { FetchSeen } from '../wire-calls.ts';
import { readBody } from './body.ts';
import { headerOf, headersOf, isOnce, withLength, withoutTraceHeaders } from './headers.ts';

/** Options that say more than the app's do. Those of a class of its own are inherited from, since their accessors are not copied. */
const withInit = (init: FetchSeen['init'], more: RequestInit): RequestInit => {
  const prototype: unknown = Object.getPrototypeOf(init ?? {});
  if (prototype === Object.prototype || prototype === null) return { ...init, ...more };
  const next = Object.create(init ?? null) as RequestInit;
  for (const [name, value] of Object.entries(more)) Object.defineProperty(next, name, { value, configurable: true, enumerable: true, writable: true });
  return next;
};

const withoutTrace = (seen: FetchSeen): FetchSeen => {
  const headers = headersOf(seen);
  const kept = headers === undefined ? undefined : withoutTraceHeaders(headers);
  return kept === undefined || kept === headers ? seen : { ...seen, init: withInit(seen.init, { headers: kept }) };
};

/** The same request with headers that can be looked at as often as one likes. */
const withLasting = (seen: FetchSeen): FetchSeen => {
  const headers = seen.init?.headers;
  return headers !== undefined && headers !== null && isOnce(headers) ? { ...seen, init: withInit(seen.init, { headers: [...headers] }) } : seen;
};

/** The same request in a Request of its own: what waits may be read by nobody else, and the app's counts as used from the turn in which it is sent, as without us. */
const taken = (seen: FetchSeen): FetchSeen => {
  const { input, init } = seen;
  if (typeof input === 'string' || !(input instanceof Request) || (init?.body !== undefined && init.body !== null)) return seen;
  return input.body?.locked === false && !input.bodyUsed ? { ...seen, input: new Request(input) } : seen;
};

const sendAsIs = ({ send, input, init }: FetchSeen): Promise<Response> => (init === undefined ? send(input) : send(input, init));

/** What is sent: the app's own request unless the owner asked for a change. */
const changed = (
  deps: WireDeps,
  call: WireCall,
  seen: FetchSeen,
  read: BodyRead,
  rewrite: Rewrite | undefined,
): { readonly seen: FetchSeen; readonly hideUsage: boolean } => {
  const change = guard('wire.change', () => changeBody(deps.opener, read.text, read.value, call.url, rewrite));
  if (change === undefined) return { seen, hideUsage: false };
  const headers = withLength(headersOf(seen), Buffer.byteLength(change.text));
  return { seen: { ...seen, init: withInit(seen.init, { body: change.text, ...(headers === undefined ? {} : { headers }) }) }, hideUsage: change.hideUsage };
};

const refused = (call: WireCall, verdict: Extract<Verdict, { readonly kind: 'refused' }>): Response => {
  call.call.blocked(verdict.refusal);
  const { status, statusText, headers, body } = refusalAnswer(call.dialect, verdict.refusal);
  return new Response(body, { status, statusText, headers });
};

const observe = (deps: WireDeps, wire: WireCall, response: Response, startedMs: number, hideUsage: boolean): void => {
  const { call, reader, attempt } = wire;
  // Nothing below may hold on to the response: that it is collected ends the call of an app that never reads it.
  const { status } = response;
  const exchange = attemptOf(response, timers.monotonicMs() - startedMs);
  const { headers } = response;
  if (isRedirected(deps, wire, { status, header: (name) => headers.get(name), attempt: exchange })) return;
  call.attempt(exchange);
  const retried = (): boolean => {
    if (attempt === undefined) return false;
    deps.retries.hold(attempt, wire, retryWaitMs(exchange(attempt.count, undefined).retryAfterMs), () => call.failed({ status }));
    return true;
  };
  const watched = status < 400 ? call : new AttemptCall(call, status, retried);
  observeResponse(response, watched, reader, { hideUsage, everyEvent: deps.opener.captureContent, endOnStatus: true, refusalError: streamRefusal });
};

/** An attempt that ended without an answer. */
const broken = (deps: WireDeps, { call, attempt, ...wire }: WireCall, seen: FetchSeen, error: unknown): void => {
  const waitMs = attempt === undefined || signalOf(seen)?.aborted === true ? undefined : brokenWaitMs(attempt.count);
  if (attempt === undefined || waitMs === undefined) call.failed(error);
  else deps.retries.hold(attempt, { ...wire, call }, waitMs, () => call.failed(error));
};

const sendAdmitted = (deps: WireDeps, call: WireCall, seen: FetchSeen, read: BodyRead, verdict: Verdict): Promise<Response> => {
  if (verdict.kind === 'refused') return Promise.resolve(refused(call, verdict));
  const sent = changed(deps, call, seen, read, verdict.rewrite);
  const startedMs = timers.monotonicMs();
  // What the app had called off by then is not sent.
  const isSent = signalOf(seen)?.aborted !== true;
  const failed = (error: unknown): never => {
    guard('wire.attempt', () => isSent && call.call.attempt(attemptOf(error, timers.monotonicMs() - startedMs)));
    guard('wire.broken', () => broken(deps, call, seen, error));
    throw error;
  };
  try {
    return call.call
      .run(() => sendAsIs(sent.seen))
      .then((response) => {
        guard('wire.observe', () => observe(deps, call, response, startedMs, sent.hideUsage));
        return response;
      }, failed);
  } catch (error) {
    return failed(error);
  }
};

/** An option goes before the request's own, also where it is null. */
const signalOf = ({ input, init }: FetchSeen): AbortSignal | undefined => {
  const { signal } = init?.signal === undefined && typeof input === 'object' && 'signal' in input ? input : (init ?? {});
  return signal ?? undefined;
};

const open = (deps: WireDeps, seen: FetchSeen, read: BodyRead): Promise<Response> => {
  const { address, method, doubtful } = seen;
  const call = guard('wire.begin', () => {
    const url = new URL(address);
    const headers = headersOf(seen);
    return beginOnWire(deps, { method, url, ...read, doubtful, header: (name) => headerOf(headers, name), signal: signalOf(seen) });
  });
  if (call === undefined) return sendAsIs(seen);
  const sent = doubtful ? cleaned(deps, seen) : seen;
  const verdict = verdictOn(call);
  return verdict instanceof Promise ? verdict.then((known) => sendAdmitted(deps, call, sent, read, known)) : sendAdmitted(deps, call, sent, read, verdict);
};

const cleaned = (deps: WireDeps, seen: FetchSeen): FetchSeen => (deps.keepTrace ? seen : (guard('wire.trace', () => withoutTrace(seen)) ?? seen));

/** Sends a request to a model's host: as a call of its own, or unseen inside a call that is seen already. */
export const fetchThrough = (deps: WireDeps, seen: FetchSeen): Promise<Response> => {
  const lasting = guard('wire.headers', () => withLasting(seen)) ?? seen;
  const clean = seen.doubtful ? lasting : cleaned(deps, lasting);
  if (clean.kind === 'host' || deps.opener.current() !== undefined) return sendAsIs(clean);
  const own = guard('wire.take', () => taken(clean)) ?? clean;
  const read = guard('wire.body', () => readBody(own)) ?? UNREAD;
  return read instanceof Promise ? read.then((known) => open(deps, own, known)) : open(deps, own, read);
};
