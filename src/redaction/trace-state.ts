import type { SpanContext } from '@opentelemetry/api';
import type { Redactor } from '../call/redactor.ts';

/** Gives a span context without its trace state when that holds a secret: a cleaned one would no longer parse, so it goes as a whole. */
export const cleanSpanContext = (redactor: Redactor, context: SpanContext): SpanContext => {
  if (context.traceState === undefined) return context;
  const state = context.traceState.serialize();
  if (state === '' || redactor.text(state, 'trace_state') === state) return context;
  const { traceState: _, ...rest } = context;
  return rest;
};
