// Asks without an SDK, by the modules of Node itself; Node's own require is all that it needs.
const { request } = require('node:http');
const { connect, createServer } = require('node:http2');
const base = process.env.BASE;
const body = JSON.stringify({ model: 'gpt-5.4', messages: [{ role: 'user', content: 'hello' }] });
const headers = { 'content-type': 'application/json', authorization: 'Bearer local-test-key' };

const overHttp = () =>
  new Promise((ended) => {
    request(`${base}/v1/chat/completions`, { method: 'POST', headers }, (answer) => answer.resume().on('end', ended)).end(body);
  });

const overHttp2 = async () => {
  const answer = { id: 'c1', model: 'gpt-5.4', choices: [], usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 } };
  const server = createServer().on('stream', (stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/json' });
    stream.end(JSON.stringify(answer));
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const session = connect(`http://127.0.0.1:${server.address().port}`);
  const stream = session.request({ ':method': 'POST', ':path': '/v1/chat/completions', ...headers });
  await new Promise((ended) => stream.resume().on('end', ended).end(body));
  session.close();
  server.close();
};

void overHttp()
  .then(overHttp2)
  .then(() => console.log('done'));
