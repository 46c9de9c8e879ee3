import { join } from 'node:path';
import { wrongSpans, type Case } from './case.ts';
import { APPS, REQUIRE } from './compare.ts';
import { runApp } from './run-app.ts';

const BODY = `JSON.stringify({ model: 'gpt-5.4', messages: [{ role: 'user', content: 'hello' }] })`;

// A connection is free a moment after its answer was read.
const REST = 'const rest = () => new Promise((done) => setTimeout(done, 100));';

// Each asks twice, over a connection that is kept.
const CLIENTS: Readonly<Record<string, string>> = {
  openai: `const OpenAI = require('openai');
    const openai = new OpenAI({ apiKey: 'local-test-key', baseURL: process.env.BASE + '/v1', maxRetries: 2 });
    const ask = (content) => openai.chat.completions.create({ model: 'gpt-5.4', messages: [{ role: 'user', content }] });
    ask('[[local status=503 times=1 retry-after-ms=30]] hello').then(rest).then(() => ask('hello')).then(() => console.log('done'));`,
  fetch: `const ask = () => fetch(process.env.BASE + '/v1/chat/completions', { method: 'POST', headers: { 'content-type': 'application/json' }, body: ${BODY} });
    ask().then((answer) => answer.json()).then(rest).then(() => ask()).then((answer) => answer.json()).then(() => console.log('done'));`,
  'node:http': `const http = require('node:http');
    const agent = new http.Agent({ keepAlive: true });
    const body = ${BODY};
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    const ask = () => new Promise((done) => http.request(process.env.BASE + '/v1/chat/completions', { method: 'POST', agent, headers }, (answer) => {
      answer.resume();
      answer.on('end', () => setImmediate(done));
    }).end(body));
    ask().then(rest).then(ask).then(() => { agent.destroy(); console.log('done'); });`,
};

const WANTED: Readonly<Record<string, readonly (readonly unknown[])[]>> = {
  // Number, status, seconds to wait, whether the connection was used before.
  openai: [
    [1, 503, 0.03, false],
    [2, 200, undefined, true],
    [1, 200, undefined, true],
  ],
  fetch: [
    [1, 200, undefined, false],
    [1, 200, undefined, true],
  ],
  'node:http': [
    [1, 200, undefined, false],
    [1, 200, undefined, true],
  ],
};

/** What is known of each HTTP exchange of a call. */
export const ATTEMPTS: readonly Case[] = Object.entries(CLIENTS).map(([client, script]) => ({
  name: `attempts of ${client}: status, retry-after, request id, bytes, the connection used again, time to the first byte`,
  async run(place) {
    const { code, stdout, stderr } = await runApp(['--require', REQUIRE, '-e', REST + script], { cwd: join(APPS, '..'), env: place.env });
    const wrong = code === 0 && stdout === 'done\n' && stderr === '' ? [] : [`exit ${code}, ${stdout}, ${stderr}`];
    const spans = place.receiver.spans.toSorted((a, b) => a.startMs - b.startMs);
    const attempts = spans.flatMap(({ events }) => events.filter(({ name }) => name === 'purser.attempt').map(({ attributes }) => attributes));
    const seen = attempts.map((attempt) => [
      attempt['purser.attempt.number'],
      attempt['http.response.status_code'],
      attempt['purser.attempt.retry_after'],
      attempt['purser.attempt.connection_reused'],
    ]);
    if (JSON.stringify(seen) !== JSON.stringify(WANTED[client])) wrong.push(JSON.stringify(seen));
    for (const attempt of attempts)
      for (const name of ['purser.request.id', 'purser.attempt.duration', 'purser.attempt.request_bytes'])
        if (attempt[name] === undefined) wrong.push(`an attempt has no ${name}: ${JSON.stringify(attempt)}`);
    return [...wrong, ...wrongSpans(place, 2)];
  },
}));
