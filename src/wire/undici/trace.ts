import { isTraceHeader, withoutTrace, withoutTraceLines } from '../trace-headers.ts';
import type { UndiciRequest } from '../wire-calls.ts';

/** One function for every request, set as a plain member, so that the requests of undici keep one shape. */
function addHeaderWithoutTrace(this: UndiciRequest, ...args: readonly unknown[]): unknown {
  if (isTraceHeader(String(args[0]))) return this;
  const { addHeader } = Object.getPrototypeOf(this) as { readonly addHeader: (...given: readonly unknown[]) => unknown };
  return Reflect.apply(addHeader, this, args);
}

/**
 * Takes headers that carry a trace out of a request, and keeps others that look at it later from adding them: instrumentations use `addHeader`,
 * and who looked first depends on who was loaded first.
 * @source @opentelemetry/instrumentation-undici 0.34: injects in its own subscriber of `undici:request:create`
 */
export const withoutTraceInUndici = (request: UndiciRequest): void => {
  const { headers, addHeader } = request;
  if (Array.isArray(headers)) {
    const kept = withoutTrace(headers as readonly unknown[]);
    if (kept !== headers) headers.splice(0, headers.length, ...kept);
  } else if (typeof headers === 'string') request.headers = withoutTraceLines(headers);
  if (typeof addHeader === 'function') request.addHeader = addHeaderWithoutTrace;
};
