/** Calls whose bill is not in their answer, or in one of its own form: decisions, videos, and agents that their provider runs. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runPreloaded, type SpanLine } from '../../support/preloaded.ts';
import { scratchFolder } from '../../support/scratch.ts';

const HOSTS = { PURSER_PROVIDERS_HOSTS: '127.0.0.1/anthropic/=anthropic,127.0.0.1/v1/=openai' };

/** A provider in the app's own process: by path, the type and the text of what it answers. */
const served = (answers: Readonly<Record<string, readonly [type: string, text: string]>>): string => `
  import { createServer } from 'node:http';
  const answers = ${JSON.stringify(answers)};
  const server = createServer((request, response) => {
    const [type, text] = answers[request.url.split('?')[0]] ?? ['application/json', '{}'];
    response.writeHead(200, { 'content-type': type }).end(text);
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const own = 'http://127.0.0.1:' + server.address().port;
  const close = () => (server.close(), server.closeAllConnections());
`;

const json = (value: unknown): readonly [string, string] => ['application/json', JSON.stringify(value)];

const sse = (...events: readonly (readonly [name: string, data: unknown])[]): readonly [string, string] => [
  'text/event-stream',
  events.map(([name, data]) => `event: ${name}\ndata: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`).join(''),
];

const told = ({ name, attributes: a }: SpanLine): readonly unknown[] => [
  name,
  a['gen_ai.provider.name'],
  a['gen_ai.usage.input_tokens'],
  a['gen_ai.usage.output_tokens'],
  a['gen_ai.usage.cost.amount'] ?? a['purser.cost.unpriced_reason'],
];

test('decisions are priced by what they used', async () => {
  const decision = {
    answers: [{ type: 'predicate', name: null, probability: 0.9 }],
    model: 'gpt-5.4-2026-03-05',
    usage: {
      input_tokens: 1000,
      input_tokens_details: { cached_tokens: 400, cache_write_tokens: 0 },
      output_tokens: 30,
      output_tokens_details: { reasoning_tokens: 20 },
      total_tokens: 1030,
    },
  };
  const { spans, printed } = await runPreloaded(
    `
    ${served({ '/v1/decisions': json(decision) })}
    const client = new OpenAI({ apiKey: key, baseURL: own + '/v1' });
    const made = await client.decisions.create({ model: 'gpt-5.4', input: 'hello', questions: [{ type: 'predicate', question: 'a greeting?' }] });
    print(made.answers.length);
    await (await fetch(own + '/v1/decisions', { method: 'POST', body: JSON.stringify({ model: 'gpt-5.4', input: 'hello', questions: [] }) })).json();
    close();`,
    HOSTS,
  );
  expect(printed).toEqual([1]);
  const cost = (600 * 2.5 + 400 * 0.25 + 30 * 15) / 1e6;
  const wanted = ['generate_content gpt-5.4', 'openai', 1000, 30, cost];
  expect(spans.map(told)).toEqual([wanted, wanted]);
});

test('a video has a cost that nobody knows, and is told so', async () => {
  const video = { id: 'video_1', object: 'video', model: 'sora-2', status: 'queued', seconds: '4', size: '720x1280' };
  const { spans } = await runPreloaded(
    `
    ${served({ '/v1/videos': json(video), '/v1/videos/video_1/remix': json(video), '/v1/videos/video_1': json(video) })}
    const client = new OpenAI({ apiKey: key, baseURL: own + '/v1' });
    await client.videos.create({ model: 'sora-2', prompt: 'a ship' });
    await client.videos.remix('video_1', { prompt: 'a boat' });
    await client.videos.retrieve('video_1');
    close();`,
    HOSTS,
  );
  expect(spans.map(told)).toEqual([
    ['generate_content sora-2', 'openai', undefined, undefined, 'usage_missing'],
    ['generate_content', 'openai', undefined, undefined, 'usage_missing'],
  ]);
  // It is not missing: no answer about a video ever says what it used.
  expect(spans.map(({ attributes }) => attributes['purser.usage.missing'])).toEqual([undefined, undefined]);
});

test('an agent that is set to work at its provider is a call of unknown cost, unless its answer says what it used', async () => {
  const run = { id: 'run_1', object: 'thread.run', model: 'gpt-5.4', status: 'queued', usage: null };
  const used = { prompt_tokens: 1000, completion_tokens: 10, total_tokens: 1010 };
  const events = sse(
    ['thread.run.created', run],
    ['thread.run.step.completed', { id: 'step_1', object: 'thread.run.step', usage: { prompt_tokens: 500, completion_tokens: 5, total_tokens: 505 } }],
    ['thread.run.completed', { ...run, status: 'completed', usage: used }],
    ['done', '[DONE]'],
  );
  const session = sse(['agent.session.created', { type: 'agent.session.created', event_id: 'e1', session: { id: 's1' } }]);
  const { spans, printed } = await runPreloaded(
    `
    ${served({
      '/v1/threads/t1/runs': events,
      '/v1/agents/sessions': session,
      '/v1/agents/sessions/s1/events': json({}),
      '/anthropic/v1/sessions': json({ id: 'sesn_1', type: 'session' }),
      '/anthropic/v1/sessions/sesn_1/events': json({ data: [] }),
      '/anthropic/v1/sessions/sesn_1/events/stream': sse(['message', { type: 'session.status_idle', id: 'e2' }]),
    })}
    const client = new OpenAI({ apiKey: key, baseURL: own + '/v1' });
    const types = [];
    for await (const { event } of await client.beta.threads.runs.create('t1', { assistant_id: 'a1', stream: true })) types.push(event);
    print(types);
    await client.post('/agents/sessions', { body: { agent_id: 'a1', input: 'hello' } });
    await client.post('/agents/sessions/s1/events', { body: { events: [] } });
    const other = new Anthropic({ apiKey: key, baseURL: own + '/anthropic' });
    await other.beta.sessions.create({ agent: 'agent_1', environment_id: 'env_1' });
    await other.beta.sessions.events.send('sesn_1', { events: [{ type: 'user.message', content: [{ type: 'text', text: 'hello' }] }] });
    for await (const { type } of await other.beta.sessions.events.stream('sesn_1')) print(type);
    // Somebody's own sessions and threads.
    for (const path of ['/v2/sessions', '/v2/sessions/x/events', '/v2/agents/sessions', '/v2/threads/x/runs', '/v2/videos'])
      await (await fetch(own + path, { method: 'POST', body: '{}' })).text();
    close();`,
    HOSTS,
  );
  expect(printed).toEqual([['thread.run.created', 'thread.run.step.completed', 'thread.run.completed'], 'session.status_idle']);
  const unknown = (provider: string) => ['invoke_agent', provider, undefined, undefined, 'usage_missing'];
  expect(spans.map(told)).toEqual([
    ['invoke_agent', 'openai', 1000, 10, (1000 * 2.5 + 10 * 15) / 1e6],
    unknown('openai'),
    unknown('openai'),
    unknown('anthropic'),
    unknown('anthropic'),
  ]);
});

test.each([
  ['ceiling', [200, 402], ['completed', 'blocked']],
  ['block', [402, 402], ['blocked', 'blocked']],
  ['allow', [200, 200], ['completed', 'completed']],
])('a budget in dollars that meets an unknown price with %s does so for agents too', async (onUnknownPrice, statuses, outcomes) => {
  const config = join(scratchFolder(), 'purser.config.json');
  writeFileSync(config, JSON.stringify({ budgets: [{ id: 'all', limit: 5, window: 'total', mode: 'enforce', onUnknownPrice }] }));
  const { spans, printed } = await runPreloaded(
    `
    ${served({})}
    const send = () => fetch(own + '/anthropic/v1/sessions', { method: 'POST', body: '{"agent":"agent_1"}' });
    for (let at = 0; at < 2; at++) {
      const response = await send();
      await response.text();
      print(response.status);
    }
    close();`,
    { ...HOSTS, PURSER_CONFIG: config },
  );
  expect(printed).toEqual(statuses);
  expect(spans.map(({ attributes }) => attributes['purser.outcome'])).toEqual(outcomes);
});
