const NAMES: ReadonlySet<string> = new Set(['traceparent', 'tracestate', 'baggage']);

/** The headers that carry a trace on to another service. @source w3.org/TR/trace-context, w3.org/TR/baggage */
export const TRACE_HEADERS: readonly string[] = [...NAMES];

/** Whether a header carries a trace. */
export const isTraceHeader = (name: string): boolean => name.length <= 11 && NAMES.has(name.toLowerCase());

/** A flat list of names and values, as raw headers are kept, without those that carry a trace; the same list where there are none. */
export const withoutTrace = <T>(flat: readonly T[]): readonly T[] => {
  const has = flat.some((value, at) => at % 2 === 0 && typeof value === 'string' && isTraceHeader(value));
  if (!has) return flat;
  return flat.filter((_, at) => !isTraceHeader(String(flat[at - (at % 2)])));
};
