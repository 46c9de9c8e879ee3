// An app that calls a model by raw fetch and by node:http, and another service; told by messages what to do and how often.
import http from 'node:http';
import { performance } from 'node:perf_hooks';

const [base] = process.argv.slice(2);
const body = (more) => JSON.stringify({ model: 'gpt-5.4', messages: [{ role: 'user', content: 'hello' }], ...more });
const headers = { 'content-type': 'application/json' };
const url = `${base}/v1/chat/completions`;
const plain = body();
const streamed = body({ stream: true, stream_options: { include_usage: true } });
const agent = new http.Agent({ keepAlive: true });
const kinds = {
  plain: async () => (await fetch(url, { method: 'POST', headers, body: plain })).json(),
  stream: async () => {
    const response = await fetch(url, { method: 'POST', headers: { ...headers, 'x-local-chunks': '500' }, body: streamed });
    let bytes = 0;
    for await (const piece of response.body) bytes += piece.length;
    return bytes;
  },
  http: () =>
    new Promise((done, fail) => {
      const req = http.request(url, { method: 'POST', headers, agent }, (res) => {
        let text = '';
        res.setEncoding('utf8').on('data', (piece) => (text += piece));
        res.on('end', () => done(JSON.parse(text)));
      });
      req.on('error', fail).end(plain);
    }),
  other: async () => (await fetch(`${base}/__bill?calls=0`)).json(),
};
process.on('message', async ({ kind, count }) => {
  const times = [];
  const before = process.cpuUsage();
  for (let at = 0; at < count; at++) {
    const startedMs = performance.now();
    await kinds[kind]();
    times.push(performance.now() - startedMs);
  }
  const { user, system } = process.cpuUsage(before);
  process.send({ medianMs: times.sort((a, b) => a - b)[count >> 1], cpuUs: (user + system) / count });
});
process.send('ready');
