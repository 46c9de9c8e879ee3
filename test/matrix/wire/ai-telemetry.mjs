// node ai-telemetry.mjs BASE_URL: the Vercel AI SDK with its own telemetry on, beside a provider of the app's.
import './otel-setup.mjs';
import { trace } from '@opentelemetry/api';

const [base] = process.argv.slice(2);
globalThis.AI_SDK_LOG_WARNINGS = false;
const on = { isEnabled: true };
for (const [version, suffix] of [['5', '-5'], ['6', '-6'], ['7', '']]) {
  const ai = await import(`ai${suffix}`);
  const { createOpenAI } = await import(`@ai-sdk/openai${suffix}`);
  const model = createOpenAI({ apiKey: 'local-test-key', baseURL: `${base}/v1` }).chat(`model-${version}`);
  await trace.getTracer('app').startActiveSpan(`request-${version}`, async (span) => {
    await ai.generateText({ model, prompt: 'hello', experimental_telemetry: on });
    for await (const _ of ai.streamText({ model, prompt: 'hello', experimental_telemetry: on }).textStream);
    span.end();
  });
}
const spans = globalThis.otelSpans.map((span) => ({
  name: span.name,
  id: span.spanContext().spanId,
  parent: span.parentSpanContext?.spanId ?? span.parentSpanId,
  ours: span.attributes['purser.call.id'] !== undefined,
  model: span.attributes['gen_ai.request.model'],
}));
process.stdout.write(`${JSON.stringify(spans)}\n`);
