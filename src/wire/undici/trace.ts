import { shadow } from '../shadow.ts';
import { isTraceHeader, withoutTrace } from '../trace-headers.ts';
import type { UndiciRequest } from '../wire-calls.ts';

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
  } else if (typeof headers === 'string') request.headers = headers.replaceAll(/^(?:traceparent|tracestate|baggage):[^\n]*\n/gim, '');
  if (typeof addHeader !== 'function') return;
  shadow(request, {
    addHeader(this: unknown, ...args: readonly unknown[]): unknown {
      return isTraceHeader(String(args[0])) ? request : Reflect.apply(addHeader, request, args);
    },
  });
};
