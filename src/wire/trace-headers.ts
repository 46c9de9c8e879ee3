/**
 * The names of headers that carry a trace on to another service.
 * @source w3.org/TR/trace-context, w3.org/TR/baggage; the propagators of OpenTelemetry (b3, Jaeger, X-Ray, OpenTracing) and Google Cloud; the agents of Sentry,
 * Datadog, New Relic, Elastic, Instana and SkyWalking
 */
const CARRIES =
  /^(?:traceparent|tracestate|baggage|b3|sentry-trace|newrelic|elastic-apm-traceparent|uber-trace-id|x-amzn-trace-id|x-cloud-trace-context|sw8|(?:x-b3|x-datadog|x-instana|ot-tracer|ot-baggage|uberctx|sw8)-.+)$/i;

/** Whether a header carries a trace. */
export const isTraceHeader = (name: string): boolean => CARRIES.test(name);

/** A flat list of names and values, as raw headers are kept, without those that carry a trace; the same list where there are none. */
export const withoutTrace = <T>(flat: readonly T[]): readonly T[] => {
  const has = flat.some((value, at) => at % 2 === 0 && typeof value === 'string' && isTraceHeader(value));
  if (!has) return flat;
  return flat.filter((_, at) => !isTraceHeader(String(flat[at - (at % 2)])));
};

/** The head of a request as text, a line for each header, without the lines that carry a trace. */
export const withoutTraceLines = (head: string): string => head.replaceAll(/^([^:\n]+):[^\n]*\n/gm, (line, name: string) => (isTraceHeader(name) ? '' : line));
