/** Middleware of the Anthropic SDK, which may ask several times for one answer. */
import { expect, test } from 'vitest';
import { runPreloaded } from '../../support/preloaded.ts';

const SERVED = `
  import { createServer } from 'node:http';
  const { betaRefusalFallbackMiddleware, BetaFallbackState } = await import('@anthropic-ai/sdk');
  const bodies = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (piece) => (text += piece)).on('end', () => {
      const { model, stream } = JSON.parse(text);
      bodies.push(model);
      const refused = model === 'claude-fable-5';
      const usage = refused ? { input_tokens: 100, output_tokens: 5 } : { input_tokens: 200, output_tokens: 20 };
      const details = refused ? { stop_details: { type: 'refusal', category: 'cyber', fallback_credit_token: 'tok' } } : {};
      const end = { stop_reason: refused ? 'refusal' : 'end_turn', stop_sequence: null, ...details };
      const message = { id: 'msg_' + bodies.length, type: 'message', role: 'assistant', model, content: [{ type: 'text', text: 'hi' }], ...end, usage };
      if (stream !== true) return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(message));
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const send = (event) => response.write('event: ' + event.type + '\\ndata: ' + JSON.stringify(event) + '\\n\\n');
      send({ type: 'message_start', message: { ...message, content: [], stop_reason: null, stop_details: null } });
      send({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } });
      send({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'hi' } });
      send({ type: 'content_block_stop', index: 0 });
      send({ type: 'message_delta', delta: end, usage });
      send({ type: 'message_stop' });
      response.end();
    });
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const own = 'http://127.0.0.1:' + server.address().port;
  const clientWith = (...middleware) => new Anthropic({ apiKey: key, baseURL: own, middleware });
  const ask = (client, more = {}, options = {}) => client.beta.messages.create({ ...message, model: 'claude-fable-5', ...more }, options);
`;

const ENV = { PURSER_PROVIDERS_HOSTS: '127.0.0.1=anthropic' };
/** Dollars a million tokens of Fable 5 and Opus 5. */
const BOTH = (100 * 10 + 5 * 50 + 200 * 5 + 20 * 25) / 1e6;

test('an answer that a middleware sets aside for the next one is paid for all the same', async () => {
  const { printed, spans, stderr } = await runPreloaded(
    `${SERVED}
    const falling = clientWith(betaRefusalFallbackMiddleware([{ model: 'claude-opus-5' }]));
    const { model, content, usage } = await ask(falling, {}, { fallbackState: new BetaFallbackState() });
    print([model, content.map(({ type }) => type), usage.output_tokens]);
    let last;
    for await (const event of await ask(falling, { stream: true }, { fallbackState: new BetaFallbackState() })) last = event.type;
    print(last);
    const again = async (request, next) => (await next(request), next(request));
    print((await ask(clientWith(), {}, { middleware: [again] })).id);
    print(bodies);
    server.close(); server.closeAllConnections();`,
    ENV,
  );
  expect(stderr).toBe('');
  expect(printed).toEqual([
    ['claude-opus-5', ['fallback', 'text'], 20],
    'message_stop',
    'msg_6',
    ['claude-fable-5', 'claude-opus-5', 'claude-fable-5', 'claude-opus-5', 'claude-fable-5', 'claude-fable-5'],
  ]);
  expect(
    spans.map(({ attributes: a }) => [
      a['gen_ai.usage.input_tokens'],
      a['gen_ai.usage.output_tokens'],
      a['gen_ai.usage.cost.amount'],
      a['gen_ai.response.model'],
    ]),
  ).toEqual([
    [300, 25, BOTH, 'claude-opus-5'],
    [300, 25, BOTH, expect.anything()],
    [200, 10, (2 * (100 * 10 + 5 * 50)) / 1e6, 'claude-fable-5'],
  ]);
});

test('an answer that a middleware keeps or is the only one counts once, and is left to the app as it was', async () => {
  const { printed, spans } = await runPreloaded(
    `${SERVED}
    const kept = new Map();
    const keeping = async (request, next, ctx) => {
      const had = kept.get(request.body) ?? (await next(request));
      kept.set(request.body, had);
      return had.clone();
    };
    const seen = [];
    const looking = async (request, next, ctx) => { seen.push(ctx.options.middleware?.length, ctx.options.maxRetries); return next(request); };
    const client = clientWith(keeping, looking);
    print([(await ask(client)).id, (await ask(client)).id]);
    print((await ask(clientWith(), {}, { maxRetries: 1, middleware: [looking] })).id);
    print(seen);
    server.close(); server.closeAllConnections();`,
    ENV,
  );
  expect(printed).toEqual([['msg_1', 'msg_1'], 'msg_2', [null, null, 1, 1]]);
  expect(spans.map(({ attributes: a }) => a['gen_ai.usage.output_tokens'])).toEqual([5, 5, 5]);
});
