const { NodeSDK } = require('@opentelemetry/sdk-node');
const { OTLPTraceExporter } = require('@opentelemetry/exporter-trace-otlp-http');
const { UndiciInstrumentation } = require('@opentelemetry/instrumentation-undici');

new NodeSDK({
  serviceName: 'host',
  traceExporter: new OTLPTraceExporter({ url: `${process.env.HOST_URL}/v1/traces` }),
  metricReaders: [],
  logRecordProcessors: [],
  instrumentations: [new UndiciInstrumentation()],
}).start();
