import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { watchWire } from './watch-wire.ts';

let server: Server;
let url: string;
beforeAll(async () => {
  server = createServer((_, response) =>
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end('data: {"id":"c","choices":[]}\n\ndata: [DONE]\n\n'),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/chat/completions`;
});
afterAll(() => server.close());

const locked = new WritableStream();
locked.getWriter();

test.each([
  ['pipeTo nothing', (body: ReadableStream) => body.pipeTo(undefined as unknown as WritableStream)],
  ['pipeTo what is locked', (body: ReadableStream) => body.pipeTo(locked)],
  ['pipeThrough no pair', (body: ReadableStream) => body.pipeThrough({} as unknown as TransformStream)],
  ['pipeThrough what is locked', (body: ReadableStream) => body.pipeThrough({ readable: new ReadableStream(), writable: locked })],
])('%s fails as it would without us, and the body can still be read', async (_, pipe) => {
  const wire = watchWire();
  const response = await wire.fetch(url, { method: 'POST', body: '{"model":"gpt-5.4","stream":true,"messages":[]}' });
  const body = response.body as ReadableStream;
  await expect((async () => void (await pipe(body)))()).rejects.toThrow(TypeError);
  expect(body.locked).toBe(false);
  expect(await response.text()).toContain('[DONE]');
  expect(wire.seen.map(({ outcome }) => outcome.kind)).toEqual(['completed']);
});
