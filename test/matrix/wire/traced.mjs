// node traced.mjs BASE_URL: an app that traces its own requests calls a model and another service by every way there is.
import './otel-setup.mjs';
import { propagation, context, trace } from '@opentelemetry/api';
import { createRequire } from 'node:module';

const [base] = process.argv.slice(2);
const http = createRequire(import.meta.url)('node:http');
const undici = await import('undici');
const { default: axios } = await import('axios');
const { default: nodeFetch } = await import('node-fetch');
const body = JSON.stringify({ model: 'gpt-5.4', messages: [{ role: 'user', content: 'hello' }] });
const headers = { 'content-type': 'application/json' };
const ways = {
  fetch: async (url) => (await fetch(url, { method: 'POST', headers, body })).text(),
  fetchByHand: async (url) => (await fetch(url, { method: 'POST', headers: { ...headers, traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }, body })).text(),
  undiciFetch: async (url) => (await undici.fetch(url, { method: 'POST', headers, body })).text(),
  undiciRequest: async (url) => (await undici.request(url, { method: 'POST', headers, body })).body.text(),
  http: (url) =>
    new Promise((done, fail) => {
      const req = http.request(url, { method: 'POST', headers }, (res) => res.resume().on('end', done));
      req.on('error', fail).end(body);
    }),
  axios: (url) => axios.post(url, JSON.parse(body)),
  nodeFetch: async (url) => (await nodeFetch(url, { method: 'POST', headers, body })).text(),
};
const baggage = propagation.setBaggage(context.active(), propagation.createBaggage({ tenant: { value: 'acme' } }));
for (const [name, send] of Object.entries(ways))
  for (const path of ['/v1/chat/completions', '/v1/orders']) await trace.getTracer('app').startActiveSpan('work', {}, baggage, async (span) => {
    await send(`${base}${path}?way=${name}`);
    span.end();
  });
const own = globalThis.otelSpans;
const calls = own.filter(({ attributes }) => attributes['gen_ai.operation.name'] !== undefined);
process.stdout.write(`${JSON.stringify({ calls: calls.length, spans: own.length })}\n`);
