import { timers } from '../../base/timers.ts';
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Verdict } from '../../call/adapter.ts';
import type { Refusal } from '../../call/policy.ts';
import { guard } from '../../base/diag.ts';
import { systemCode } from '../../base/system-code.ts';
import { attemptOf } from '../../providers/shared/response/attempt.ts';
import { beginOnWire, type WireCall, type WireDeps } from '../begin-on-wire.ts';
import { rewrittenBody } from '../change-body.ts';
import { RawAnswer } from '../raw-answer.ts';
import { MOST, readText, UNREAD, type BodyRead } from '../read-text.ts';
import { streamRefusal } from '../refusal.ts';
import { shadow } from '../shadow.ts';
import { countUnseen } from '../unseen.ts';
import type { UndiciRequest, UndiciSeen } from '../wire-calls.ts';
import { rawHeaders, type RawHeaders } from './raw-headers.ts';
import { refuseUndici } from './refused.ts';
import { withoutTraceInUndici } from './trace.ts';

type Handler = (...args: readonly unknown[]) => unknown;

/** The callbacks by which the connection tells a request, by their names in undici 8 and in the lines before it. */
const NAMES = {
  headers: ['onResponseStart', 'onHeaders'],
  data: ['onResponseData', 'onData'],
  end: ['onResponseEnd', 'onComplete'],
  error: ['onResponseError', 'onError'],
} as const;

const bodyOf = (request: UndiciRequest): BodyRead => {
  const { body } = request;
  return body instanceof Uint8Array && body[0] !== 45 ? readText(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8')) : UNREAD;
};

/** Puts `before` in front of the callback that this undici has of those names. */
const intercept = (request: UndiciRequest, names: readonly string[], before: (args: readonly unknown[]) => void): void => {
  const members = request as unknown as Readonly<Record<string, Handler | undefined>>;
  for (const name of names) {
    const original = members[name];
    if (typeof original !== 'function') continue;
    shadow(request, {
      [name](...args: readonly unknown[]): unknown {
        guard(`wire.undici.${name}`, () => before(args));
        return Reflect.apply(original, request, args);
      },
    });
  }
};

/** What is not the app's own word, though it has no code: the provider broke off in the middle of a chunk, or a time ran out. */
const NOT_OWN: ReadonlySet<unknown> = new Set(['HTTPParserError', 'TimeoutError']);

/**
 * Whether the app let the request go: its stream for the answer was destroyed without a reason, or the error is what it aborted with, for all else that
 * undici and the system say has a code. A provider that breaks off is told of otherwise.
 */
const isLetGo = (error: unknown): boolean => {
  const code = systemCode(error);
  return code === undefined ? !(error instanceof Error && NOT_OWN.has(error.name)) : code === 'ERR_STREAM_PREMATURE_CLOSE';
};

const watch = (deps: WireDeps, wire: WireCall, request: UndiciRequest): void => {
  const startedMs = timers.monotonicMs();
  let answer: RawAnswer | undefined;
  const stop = (refusal: Refusal): void => {
    const { abort } = request;
    if (typeof abort === 'function') Reflect.apply(abort, request, [streamRefusal(refusal)]);
  };
  intercept(request, NAMES.headers, ([status, headers]) => {
    // Answers before the answer, such as 103, say nothing.
    if (typeof status !== 'number' || status < 200) return;
    const header = rawHeaders(headers as RawHeaders);
    answer = new RawAnswer(deps, wire, { status, header, durationMs: timers.monotonicMs() - startedMs });
  });
  intercept(request, NAMES.data, ([chunk]) => {
    const refusal = chunk instanceof Uint8Array ? answer?.bytes(chunk) : undefined;
    if (refusal !== undefined) stop(refusal);
  });
  intercept(request, NAMES.end, () => answer?.finished());
  intercept(request, NAMES.error, ([error]) => {
    if (answer !== undefined) return answer.broken(isLetGo(error) ? undefined : error);
    wire.call.attempt(attemptOf(error, timers.monotonicMs() - startedMs));
    if (isLetGo(error)) wire.call.cancelled();
    else wire.call.failed(error);
  });
};

const isAsyncIterable = (value: unknown): value is AsyncIterable<Uint8Array> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value && !('pipe' in value);

/**
 * A body that tells `whole` when its last piece is about to be sent. A `fetch` inside undici hands its body over so; what was made of a text comes in
 * one piece, and nothing has been sent then.
 * @yields the pieces of the body as they are
 */
const watchedBody = async function* watchedBody(
  body: AsyncIterable<Uint8Array>,
  bytes: number,
  whole: (text: string) => Promise<void>,
): AsyncGenerator<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  const iterator = body[Symbol.asyncIterator]();
  let open = true;
  let told = false;
  try {
    for (;;) {
      const result = await iterator.next();
      open = result.done !== true;
      if (result.done === true) return;
      // A copy: who made the piece may fill it anew when it was sent. An iterable of the app's may give texts as well.
      const piece = Buffer.from(result.value);
      pieces.push(piece);
      size += piece.byteLength;
      if (size >= bytes && !told) {
        told = true;
        await whole(Buffer.concat(pieces).toString('utf8'));
      }
      yield result.value;
    }
  } finally {
    // Not waited for: a body that is let go of inside its own request would wait for itself.
    if (open) iterator.return?.().catch(() => undefined);
  }
};

/** Takes headers that carry a trace off a request that is known to go to a model. */
const cleanOf = ({ keepTrace }: WireDeps, request: UndiciRequest, isKnown: boolean): void => {
  if (isKnown && !keepTrace) withoutTraceInUndici(request);
};

const begin = (deps: WireDeps, seen: UndiciSeen, read: BodyRead, cannotWait: boolean): WireCall | undefined => {
  const { method, address, doubtful, request } = seen;
  const header = rawHeaders(request.headers as RawHeaders);
  const begun = beginOnWire(deps, { method, url: new URL(address), ...read, doubtful, header, cannotWait });
  cleanOf(deps, request, doubtful && begun !== undefined);
  return begun;
};

/** Opens the call when its body is there. @throws what stands for a refusal: the request has begun, so it can only break off */
const beginLate = async (deps: WireDeps, seen: UndiciSeen, text: string): Promise<void> => {
  const wire = guard('wire.begin', () => begin(deps, seen, readText(text), false));
  if (wire === undefined) return;
  const verdict = await wire.call.verdict;
  if (verdict.kind === 'refused') {
    wire.call.blocked(verdict.refusal);
    throw streamRefusal(verdict.refusal);
  }
  watch(deps, wire, seen.request);
};

/** Sends another body; its length is a member of its own in every line of undici, and written as a header when it is sent. */
const change = (request: UndiciRequest, text: string | undefined): void => {
  if (text === undefined) return;
  const bytes = Buffer.from(text);
  request.body = bytes;
  if (typeof request.contentLength === 'number') request.contentLength = bytes.length;
};

/** Answers in the provider's place where the call is refused, and makes the changes that the owner asked for where it is not. */
const isAdmitted = (request: UndiciRequest, wire: WireCall, verdict: Verdict, read: BodyRead): boolean => {
  if (verdict.kind === 'refused') {
    wire.call.blocked(verdict.refusal);
    refuseUndici(request, wire.dialect, verdict.refusal);
    return false;
  }
  guard('wire.change', () => change(request, rewrittenBody(verdict, read.text, read.value, wire.url)));
  return true;
};

/**
 * Follows a request that undici is about to queue. Where no `fetch` saw it before, it is a call of its own. A verdict that has to be waited for
 * cannot hold up a request whose body is there already: it is told to the call alone.
 */
export const followUndici = (deps: WireDeps, seen: UndiciSeen): void => {
  const { request, kind } = seen;
  cleanOf(deps, request, !seen.doubtful);
  countUnseen(deps.opener, seen, request.upgrade);
  if (kind === 'host' || deps.opener.current() !== undefined) return;
  const { body } = request;
  const length = Number(rawHeaders(request.headers as RawHeaders)('content-length') ?? request.contentLength ?? Number.NaN);
  if (isAsyncIterable(body) && length > 0 && length < MOST) {
    const inScope = AsyncLocalStorage.snapshot();
    request.body = watchedBody(body, length, (text) => inScope(beginLate, deps, seen, text));
    return;
  }
  const read = bodyOf(request);
  const wire = begin(deps, seen, read, true);
  if (wire === undefined) return;
  const { verdict } = wire.call;
  if (verdict instanceof Promise || isAdmitted(request, wire, verdict, read)) watch(deps, wire, request);
};
