import { guard } from '../base/diag.ts';
import { systemCode } from '../base/system-code.ts';
import type { Failure } from '../call/outcome.ts';

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

/** What an abort says of its reason where that is a time that ran out: `node:http` has it for a cause. */
const timeoutIn = (error: unknown): unknown => {
  const cause = isRecord(error) && error['name'] === 'AbortError' ? error['cause'] : undefined;
  return isRecord(cause) && cause['name'] === 'TimeoutError' ? cause : undefined;
};

/** What axios and got say of a request that the app called off. @source axios 1, lib/cancel/CanceledError.js; got 12 and later, `CancelError` */
const CANCELED = 'ERR_CANCELED';

/** The classes by which SDKs and undici say so. */
const ABORTS: ReadonlySet<unknown> = new Set(['APIUserAbortError', 'RequestAbortedError', 'GoogleGenerativeAIAbortError']);

const saysAbort = (error: unknown, signal: AbortSignal | undefined): boolean => {
  // What an app aborts with is what it is told, of whatever kind; a time that ran out aborts as well.
  if (signal?.aborted === true && error === signal.reason) return !isRecord(error) || error['name'] !== 'TimeoutError';
  if (!isRecord(error) || timeoutIn(error) !== undefined) return false;
  const name: unknown = (error['constructor'] as { readonly name?: unknown } | undefined)?.name;
  return error['name'] === 'AbortError' || error['code'] === CANCELED || ABORTS.has(name);
};

/**
 * Whether an error says that the app itself called the request off. What throws when it is looked at, as a `fetch` of the app's may reject with, says nothing.
 * @param signal by which the app may do so
 */
export const isAbort = (error: unknown, signal?: AbortSignal): boolean => guard('failure', () => saysAbort(error, signal)) === true;

/** Classes that say nothing of the error; its own name does, such as `TimeoutError`. */
const ANY_ERROR: ReadonlySet<unknown> = new Set(['Error', 'Object', 'DOMException', undefined]);

const classOf = (error: unknown): string => {
  if (!isRecord(error)) return '_OTHER';
  const made: unknown = (error['constructor'] as { readonly name?: unknown } | undefined)?.name;
  const name = ANY_ERROR.has(made) ? error['name'] : made;
  return typeof name === 'string' && name !== '' && name !== 'Error' ? name : '_OTHER';
};

const worded = (error: unknown): Failure => {
  const message = isRecord(error) && typeof error['message'] === 'string' ? error['message'] : typeof error === 'string' ? error : undefined;
  const status = isRecord(error) ? error['status'] : undefined;
  if (typeof status === 'number' && status >= 100) return { type: String(status), message, error };
  const late = timeoutIn(error);
  return { type: late === undefined ? (systemCode(error) ?? classOf(error)) : classOf(late), message, error };
};

const UNKNOWN: Failure = { type: '_OTHER', message: undefined, error: undefined };

/**
 * Words a failure for telemetry: the HTTP status where there is one, else the system's code, else the class of the error.
 * @source OpenTelemetry "Recording errors": low cardinality, `_OTHER` where nothing fits
 */
export const failureOf = (error: unknown): Failure => guard('failure', () => worded(error)) ?? UNKNOWN;
