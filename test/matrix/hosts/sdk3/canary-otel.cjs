// The app's own instrumentations, on whatever provider is registered.
const { registerInstrumentations } = require('@opentelemetry/instrumentation');
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
const { PinoInstrumentation } = require('@opentelemetry/instrumentation-pino');

registerInstrumentations({ instrumentations: [new HttpInstrumentation(), new PinoInstrumentation()] });
