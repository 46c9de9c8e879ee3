import { expect, test } from 'vitest';
import { freePort } from '../../support/free-port.ts';
import { runPreloaded } from '../../support/preloaded.ts';

test('a WebSocket to a provider is counted and said once, since what is asked over it is not seen', async () => {
  const { printed, spans, stderr } = await runPreloaded(
    `
    import http, { createServer } from 'node:http';
    import { Agent, WebSocket } from 'undici';
    const server = createServer().on('upgrade', (_, socket) => socket.end('HTTP/1.1 101 Switching Protocols\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\n\\r\\n'));
    await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
    const lookup = (_, { all }, done) => (all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4));
    const open = (host, path) =>
      new Promise((opened) => {
        const { port } = server.address();
        http.get({ host, port, path, lookup, headers: { Connection: 'Upgrade', Upgrade: 'websocket' } }).on('upgrade', ({ statusCode }) => opened(statusCode));
      });
    for (const host of ['api.openai.com', 'api.openai.com', 'chat.example']) print(await open(host, '/v1/realtime?model=gpt-realtime'));
    const dispatcher = new Agent({ connect: { lookup } });
    await new Promise((failed) => {
      new WebSocket('ws://generativelanguage.googleapis.com:' + server.address().port + '/ws/BidiGenerateContent', { dispatcher }).onerror = failed;
    });
    await dispatcher.close();
    server.close();
    const scrape = async () => (await fetch('http://127.0.0.1:' + process.env.PURSER_PROMETHEUS_PORT + '/metrics')).text();
    await scrape();
    const page = await scrape();
    print(page.split('\\n').filter((line) => line.startsWith('purser_websockets')).map((line) => line.replace(/.*provider_name="([^"]*)".* /, '$1 ')));`,
    { PURSER_PROMETHEUS_PORT: String(await freePort()) },
  );
  expect(printed).toEqual([101, 101, 101, ['openai 2', 'gcp.gemini 1']]);
  expect(spans).toEqual([]);
  expect(stderr.trim()).toBe('purser: What is asked of openai over a WebSocket is not seen: its tokens and cost are in no sum.');
});
