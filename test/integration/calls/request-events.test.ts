import { expect, test } from 'vitest';
import { runPreloaded } from '../../support/preloaded.ts';

/** Two requests at once for each way in which a service waits before it asks a model, with bodies in two pieces; each call names the user that it is for. */
const APP = `
import http from 'node:http';
import http2 from 'node:http2';
const ask = (user) => openai.chat.completions.create({ ...chat, model: 'for-' + user });
const ways = {
  data: (request, answer) => request.once('data', answer),
  end: (request, answer) => request.resume().on('end', answer),
  readable: (request, answer) => request.on('readable', () => { while (request.read() !== null); }).on('end', answer),
  iterated: async (request, answer) => { for await (const _ of request); await answer(); },
  finish: (request, answer, response) => { response.on('finish', answer); request.resume(); response.end(); },
  close: (request, answer, response) => { response.on('close', answer); request.resume(); response.end(); },
};
let asked;
const serve = (way) => (request, response) => ways[way](request, async () => {
  asked.push(ask(request.headers['x-user']));
  await asked.at(-1);
  if (!response.writableEnded) response.end();
}, response);
const overHttp = (port) => ({ send: (headers) => http.request({ port, method: 'POST', headers }), ended: (sent, done) => sent.on('response', (answer) => answer.resume().on('end', done)), close() {} });
const overHttp2 = (port) => {
  const session = http2.connect('http://127.0.0.1:' + port);
  return { send: (headers) => session.request({ ':method': 'POST', ':path': '/', ...headers }), ended: (sent, done) => sent.resume().on('end', done), close: () => session.close() };
};
for (const [version, module, connect] of [['1', http, overHttp], ['2', http2, overHttp2]]) {
  for (const way of Object.keys(ways)) {
    asked = [];
    const server = module.createServer(serve(way));
    await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
    const client = connect(server.address().port);
    await Promise.all(['ann', 'bob'].map((user) => new Promise((done) => {
      const sent = client.send({ 'x-user': [user, way, version].join('-') });
      client.ended(sent, done);
      sent.write('one');
      setTimeout(() => sent.end('two'), 20);
    })));
    while (asked.length < 2) await new Promise((later) => setTimeout(later, 5));
    await Promise.all(asked);
    client.close();
    server.close();
  }
}`;

test('calls that are made when a request has told something, such as the end of its body, have the labels of that request', async () => {
  const { spans, stderr } = await runPreloaded(APP, { PURSER_LABELS_HEADERS: 'x-user=user' });
  expect(stderr).toBe('');
  expect(spans).toHaveLength(24);
  const wrong = spans.filter(({ attributes }) => attributes['gen_ai.request.model'] !== `for-${String(attributes['purser.user'])}`);
  expect(wrong.map(({ attributes }) => attributes['gen_ai.request.model'])).toEqual([]);
});
