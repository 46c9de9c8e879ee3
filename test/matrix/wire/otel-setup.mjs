// What an app does that traces its own requests: a provider, the W3C headers, and the instrumentations of fetch, undici and node:http.
import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { TracerProvider } from '@opentelemetry/sdk-trace';

if (globalThis.otelSpans === undefined) {
  globalThis.otelSpans = [];
  const processor = { onStart() {}, onEnd: (span) => globalThis.otelSpans.push(span), async forceFlush() {}, async shutdown() {} };
  const provider = new TracerProvider({ spanProcessors: [processor] });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }));
  trace.setGlobalTracerProvider(provider);
  for (const instrumentation of [new HttpInstrumentation(), new UndiciInstrumentation()]) {
    instrumentation.setTracerProvider(provider);
    instrumentation.enable();
  }
}
