import type { Attempt } from '../../../call/call.ts';
import type { ResponseLike } from './observe.ts';

const REQUEST_ID = ['x-request-id', 'request-id', 'x-ms-request-id', 'x-goog-request-id', 'x-amzn-requestid'] as const;

/** What `retry-after-ms` or `retry-after` asks for, in milliseconds; `undefined` where neither says. */
const retryAfter = (get: (name: string) => string | null): number | undefined => {
  const ms = Number.parseFloat(get('retry-after-ms') ?? '');
  if (Number.isFinite(ms)) return ms;
  const text = get('retry-after');
  if (text === null) return undefined;
  const seconds = Number.parseFloat(text);
  if (Number.isFinite(seconds)) return seconds * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
};

/** The low-cardinality word for a failure that has no HTTP status: a system code or a class name. */
export const errorTypeOf = (error: unknown): string => {
  let current: unknown = error;
  for (let depth = 0; depth < 4 && typeof current === 'object' && current !== null; depth++) {
    const { code, cause } = current as { code?: unknown; cause?: unknown };
    if (typeof code === 'string' && /^[A-Z_]{3,40}$/.test(code)) return code;
    if (cause === undefined) break;
    current = cause;
  }
  return error instanceof Error && error.name !== 'Error' ? error.name : '_OTHER';
};

const isResponse = (answer: unknown): answer is ResponseLike => typeof answer === 'object' && answer !== null && 'status' in answer && 'headers' in answer;

const bytesOf = (length: string | null): { readonly responseBytes?: number } => {
  const bytes = length === null ? Number.NaN : Number.parseInt(length, 10);
  return Number.isNaN(bytes) ? {} : { responseBytes: bytes };
};

/** Reads what one HTTP exchange came to: a response, or the error that took its place. */
export const attemptOf = (answer: unknown, durationMs: number): Omit<Attempt, 'number'> => {
  if (!isResponse(answer)) return { status: undefined, errorType: errorTypeOf(answer), durationMs, requestId: undefined, retryAfterMs: undefined };
  const get = (name: string): string | null => answer.headers.get(name);
  let requestId: string | null = null;
  for (const name of REQUEST_ID) if ((requestId = get(name)) !== null) break;
  return {
    status: answer.status,
    errorType: undefined,
    durationMs,
    requestId: requestId ?? undefined,
    retryAfterMs: answer.status < 400 ? undefined : retryAfter(get),
    ...bytesOf(get('content-length')),
  };
};
