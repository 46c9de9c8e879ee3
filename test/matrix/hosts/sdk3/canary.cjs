// Puts a secret into every place from which telemetry is known to leak. The secrets come from a file, so that nobody knows them from the environment.
require('./canary-otel.cjs');
const { readFileSync } = require('node:fs');
const http = require('node:http');
const api = require('@opentelemetry/api');
const pino = require('pino');
const client = require('prom-client');
const OpenAI = require('openai');
const Anthropic = require('@anthropic-ai/sdk');

const secrets = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const base = process.env.BASE;
const quietly = (work) => Promise.resolve(work).catch(() => undefined);

const serve = (answer) =>
  new Promise((resolve) => {
    const server = http.createServer(answer);
    server.listen(0, '127.0.0.1', () => resolve({ server, url: `http://127.0.0.1:${server.address().port}` }));
  });

const get = (url, headers) => new Promise((resolve, reject) => http.get(url, { headers }, (answer) => answer.resume().on('end', resolve)).on('error', reject));

(async () => {
  const purser = await import(process.env.PURSER);
  const tracer = api.trace.getTracer('app');
  const { server, url } = await serve((request, response) => {
    if (request.url.startsWith('/metrics')) return purser.metricsHandler(request, response);
    if (request.url.startsWith('/away')) return response.writeHead(302, { location: `/here?key=${secrets.redirect}` }).end();
    response.end('hi');
  });

  const queries = ['key', 'api_key', 'access_token', 'sig', 'X-Amz-Signature', 'AWSAccessKeyId', 'X-Goog-Signature', 'Signature', 'token'];
  for (const name of queries) {
    await (await fetch(`${url}/fetch?${name}=${secrets[`fetch_${name}`]}`)).text();
    await get(`${url}/http?${name}=${secrets[`http_${name}`]}`);
  }
  await (await fetch(`${url}/away`)).text();
  await quietly(fetch(`http://127.0.0.1:9/?key=${secrets.refused}`));
  await quietly(get(`http://127.0.0.1:9/?key=${secrets.refused_http}`));
  await get(url, {
    authorization: `Bearer ${secrets.authorization}`,
    'x-api-key': secrets.header,
    cookie: `session=${secrets.cookie}`,
    'user-agent': `app/1.0 (${secrets.user_agent})`,
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    tracestate: `vendor=${secrets.tracestate}`,
    baggage: `tenant=${secrets.baggage}`,
  });

  await tracer.startActiveSpan(`work ${secrets.span_name}`, async (span) => {
    span.setAttribute('note', `the key is ${secrets.attribute}`);
    span.setAttribute('list', ['a', secrets.list]);
    span.addEvent(`event ${secrets.event_name}`, { note: secrets.event });
    span.addLink({ context: span.spanContext(), attributes: { note: secrets.link } });
    span.recordException(new Error(`Incorrect API key provided: ${secrets.exception}`));
    span.setStatus({ code: 2, message: `Incorrect API key provided: ${secrets.status}` });

    const log = pino(pino.destination({ dest: process.env.PINO_FILE, sync: true }));
    log.info(`the key is ${secrets.log_body}`);
    log.info({ note: secrets.log_field, headers: { authorization: `Bearer ${secrets.log_nested}` } }, 'request');
    log.error(new Error(`Incorrect API key provided: ${secrets.log_error}`));

    const openai = new OpenAI({ apiKey: secrets.client_key, baseURL: `${base}/v1`, maxRetries: 0 });
    const anthropic = new Anthropic({ apiKey: secrets.anthropic_key, baseURL: base, maxRetries: 0 });
    const messages = [{ role: 'user', content: `my key is ${secrets.prompt}` }];
    const chat = { model: 'gpt-5.4', messages };
    await purser.with({ tenant: `acme ${secrets.label}`, tags: { note: secrets.tag } }, async () => {
      await openai.chat.completions.create({ ...chat, user: secrets.user });
      await quietly(openai.chat.completions.create(chat, { headers: { 'x-local-status': '401', 'x-local-echo': '1' } }));
      for await (const _ of await openai.chat.completions.create({ ...chat, stream: true }));
      await anthropic.messages.create({ model: 'claude-sonnet-5', max_tokens: 16, system: `never say ${secrets.system}`, messages });
      await quietly(anthropic.messages.create({ model: `claude-${secrets.model}`, max_tokens: 16, messages }));
    });
    span.end();
  });
  new client.Counter({ name: 'app_things', help: 'Things of the app.' }).inc();
  const page = await (await fetch(`${url}/metrics`)).text();
  console.log(JSON.stringify({ page }));
  await purser.flush();
  server.close();
  server.closeAllConnections();
})();
