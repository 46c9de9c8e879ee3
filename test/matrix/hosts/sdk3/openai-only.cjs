const { NodeSDK } = require('@opentelemetry/sdk-node');
const { OTLPTraceExporter } = require('@opentelemetry/exporter-trace-otlp-http');
const { OpenAIInstrumentation } = require('@opentelemetry/instrumentation-openai');

new NodeSDK({
  serviceName: 'host',
  traceExporter: new OTLPTraceExporter({ url: `${process.env.HOST_URL}/v1/traces` }),
  metricReaders: [],
  logRecordProcessors: [],
  instrumentations: [new OpenAIInstrumentation()],
}).start();
