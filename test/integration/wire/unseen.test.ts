import { expect, test } from 'vitest';
import { freePort } from '../../support/free-port.ts';
import { runPreloaded } from '../../support/preloaded.ts';

test('what is asked over a WebSocket or by gRPC is counted and said once, since it is not seen', async () => {
  const { printed, spans, stderr } = await runPreloaded(
    `
    import http, { createServer } from 'node:http';
    import { connect, createServer as createHttp2 } from 'node:http2';
    import { createConnection } from 'node:net';
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
    const grpc = createHttp2().on('stream', (stream) => stream.respond({ ':status': 200 }, { endStream: true }));
    await new Promise((listening) => grpc.listen(0, '127.0.0.1', listening));
    const session = connect('http://eu-aiplatform.googleapis.com', { createConnection: () => createConnection(grpc.address().port, '127.0.0.1') });
    for (const path of ['PredictionService/StreamGenerateContent', 'ModelService/GetModel']) {
      const stream = session.request({ ':method': 'POST', ':path': '/google.cloud.aiplatform.v1.' + path, 'content-type': 'application/grpc' });
      await new Promise((ended) => stream.resume().on('close', ended).end());
    }
    session.close();
    grpc.close();
    const scrape = async () => (await fetch('http://127.0.0.1:' + process.env.PURSER_PROMETHEUS_PORT + '/metrics')).text();
    await scrape();
    const page = await scrape();
    print(page.split('\\n').filter((line) => line.startsWith('purser_unseen_requests')).map((line) => line.replace(/.*provider_name="([^"]*)".*reason="([^"]*)".* /, '$1 $2 ')));`,
    { PURSER_PROMETHEUS_PORT: String(await freePort()) },
  );
  expect(printed).toEqual([101, 101, 101, ['openai websocket 2', 'gcp.gemini websocket 1', 'gcp.vertex_ai grpc 1']]);
  expect(spans).toEqual([]);
  expect(stderr.trim().split('\n')).toEqual([
    'purser: What is asked of openai over a WebSocket is not seen: its tokens and cost are in no sum.',
    'purser: What is asked of gcp.vertex_ai by gRPC is not seen: its tokens and cost are in no sum.',
  ]);
});
