import { systemCode } from '../../../base/system-code.ts';
import { timers } from '../../../base/timers.ts';
import type { ReadAttempt } from '../../../call/adapter.ts';
import type { ResponseLike } from './observe.ts';

const REQUEST_ID = ['x-request-id', 'request-id', 'x-ms-request-id', 'x-goog-request-id', 'x-amzn-requestid'] as const;

/** What `retry-after-ms` or `retry-after` asks for, in milliseconds; `undefined` where neither says. */
const retryAfter = (headers: ResponseLike['headers']): number | undefined => {
  const ms = Number.parseFloat(headers.get('retry-after-ms') ?? '');
  if (Number.isFinite(ms)) return ms;
  const text = headers.get('retry-after');
  if (text === null) return undefined;
  const seconds = Number.parseFloat(text);
  if (Number.isFinite(seconds)) return seconds * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - timers.nowMs());
};

/** The low-cardinality word for a failure that has no HTTP status: a system code or a class name. */
const errorTypeOf = (error: unknown): string => systemCode(error) ?? (error instanceof Error && error.name !== 'Error' ? error.name : '_OTHER');

const isResponse = (answer: unknown): answer is ResponseLike => typeof answer === 'object' && answer !== null && 'status' in answer && 'headers' in answer;

const bytesOf = (length: string | null): number | undefined => {
  const bytes = length === null ? Number.NaN : Number.parseInt(length, 10);
  return Number.isNaN(bytes) ? undefined : bytes;
};

/** Made here, where no response is in sight: what is kept must not hold on to it, since its collection ends the call of an app that never reads it. */
const reader =
  (status: number, headers: ResponseLike['headers'], durationMs: number): ReadAttempt =>
  (number, connection) => {
    let requestId: string | null = null;
    for (const name of REQUEST_ID) if ((requestId = headers.get(name)) !== null) break;
    return {
      number,
      status,
      errorType: undefined,
      durationMs,
      requestId: requestId ?? undefined,
      retryAfterMs: status < 400 ? undefined : retryAfter(headers),
      requestBytes: connection?.requestBytes,
      responseBytes: bytesOf(headers.get('content-length')),
      connectionReused: connection?.connectionReused,
    };
  };

/** What one HTTP exchange came to, a response or the error that took its place, to be read when it is wanted. */
export const attemptOf = (answer: unknown, durationMs: number): ReadAttempt => {
  if (isResponse(answer)) return reader(answer.status, answer.headers, durationMs);
  return (number, connection) => ({
    number,
    status: undefined,
    errorType: errorTypeOf(answer),
    durationMs,
    requestId: undefined,
    retryAfterMs: undefined,
    requestBytes: connection?.requestBytes,
    responseBytes: undefined,
    connectionReused: connection?.connectionReused,
  });
};
