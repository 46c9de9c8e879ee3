const { AsyncLocalStorage } = require('node:async_hooks');
const api = require('@opentelemetry/api');
const { TracerProvider, SimpleSpanProcessor } = require('@opentelemetry/sdk-trace');
const { OTLPTraceExporter } = require('@opentelemetry/exporter-trace-otlp-http');

const storage = new AsyncLocalStorage();
api.context.setGlobalContextManager({
  active: () => storage.getStore() ?? api.ROOT_CONTEXT,
  with: (context, work, self, ...args) => storage.run(context, () => work.apply(self, args)),
  bind: (context, target) => (typeof target === 'function' ? (...args) => storage.run(context, () => target(...args)) : target),
  enable() {
    return this;
  },
  disable() {
    return this;
  },
});
const exporter = new OTLPTraceExporter({ url: `${process.env.HOST_URL}/v1/traces` });
api.trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
