// node bundled-app.js BASE_URL, once bundled: an app with its own tracing, the SDKs inside it.
import Anthropic from '@anthropic-ai/sdk';
import { trace } from '@opentelemetry/api';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import OpenAI from 'openai';
import { fetch as undiciFetch } from 'undici';

const [base] = process.argv.slice(2);
const spans = [];
trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [{ onStart() {}, onEnd: (span) => spans.push(span), async forceFlush() {}, async shutdown() {} }] }));
const anthropic = new Anthropic({ apiKey: 'k', baseURL: base });
const own = new Anthropic({ apiKey: 'k', baseURL: base, openTelemetry: { traces: true } });
const openai = new OpenAI({ apiKey: 'k', baseURL: `${base}/v1` });
const openaiByUndici = new OpenAI({ apiKey: 'k', baseURL: `${base}/v1`, fetch: undiciFetch });
const messages = [{ role: 'user', content: 'hello' }];
const calls = {
  anthropic: (model) => anthropic.messages.create({ model, max_tokens: 9, messages }),
  anthropicAsked: (model) => own.messages.create({ model, max_tokens: 9, messages }),
  openai: (model) => openai.chat.completions.create({ model, messages }),
  retried: (model) => openai.chat.completions.create({ model, messages }, { headers: { 'x-local-status': '500', 'x-local-times': '2', 'x-local-retry-after-ms': '1' } }),
  undici: (model) => openaiByUndici.chat.completions.create({ model, messages }),
};
const main = async () => {
const found = {};
for (const [name, call] of Object.entries(calls)) {
  await call(`model-${name}`);
  await new Promise((done) => setTimeout(done, 5));
  found[name] = spans.filter(({ attributes }) => attributes['gen_ai.request.model'] === `model-${name}`).map((span) => [span.instrumentationScope.name, span.attributes['purser.attempts']]);
}
process.stdout.write(`${JSON.stringify(found)}\n`);
};
void main();
