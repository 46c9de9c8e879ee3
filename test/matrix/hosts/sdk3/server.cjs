// A service that asks a model for each request, in the framework that its first argument names; it ends after so many requests.
const OpenAI = require('openai');

const [, , framework, times] = process.argv;
const openai = new OpenAI({ apiKey: 'local-test-key', baseURL: `${process.env.BASE}/v1`, maxRetries: 0 });
const ask = async (user) => {
  await new Promise((resolve) => setTimeout(resolve, 5));
  await openai.chat.completions.create({ model: 'gpt-5.4', messages: [{ role: 'user', content: 'hello' }], ...(user ? { user } : {}) });
  return 'answered';
};
let left = Number(times);
const end = () => {
  left -= 1;
  if (left === 0) setTimeout(() => process.exit(0), 50);
};
const userOf = (url) => new URL(url, 'http://local').searchParams.get('user');
const listening = (port) => console.log(JSON.stringify({ port }));

if (framework === 'http') {
  const server = require('node:http').createServer(async (request, response) => response.end(await ask(userOf(request.url)), end));
  server.listen(0, '127.0.0.1', () => listening(server.address().port));
}
if (framework === 'http2') {
  const server = require('node:http2').createServer(async (request, response) => response.end(await ask(userOf(request.url)), end));
  server.listen(0, '127.0.0.1', () => listening(server.address().port));
}
if (framework === 'express') {
  const app = require('express')();
  app.get('/', async (request, response) => {
    response.on('finish', end).send(await ask(userOf(request.url)));
  });
  const server = app.listen(0, '127.0.0.1', () => listening(server.address().port));
}
if (framework === 'fastify') {
  const app = require('fastify')();
  app.addHook('onResponse', async () => end());
  app.get('/', (request) => ask(userOf(request.url)));
  app.listen({ port: 0, host: '127.0.0.1' }).then(() => listening(app.server.address().port));
}
