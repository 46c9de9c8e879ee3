import { createServer, type Server } from 'node:http';
import http, { type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tapHttp, type HttpModule } from '../../../src/wire/http/hook.ts';
import type { Fetch } from '../../../src/wire/wire-calls.ts';
import { watchWire } from './watch-wire.ts';

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 500);
const unhandled: unknown[] = [];
const onUnhandled = (reason: unknown): void => void unhandled.push(reason);

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly pieces: readonly Buffer[];
  /** Breaks off after the last piece. */
  readonly cut: boolean;
}

const SSE = [
  'data: {"id":"a","choices":[{"delta":{"content":"hé"}}],"usage":null}\n\n',
  'data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4}}\n\n',
  'event: message_start\r\ndata: {"type":"message_start","message":{"id":"m","usage":{"input_tokens":3}}}\r\n\r\n',
  'data: {"type":"message_delta","usage":{"output_tokens":9}}\r\r',
  'data: {"candidates":[{"content":{"parts":[{"text":"x"}]}}],"usageMetadata":{"promptTokenCount":1}}\n\n',
  'data: [DONE]\n\n',
  ': comment\n',
  'data: {"usage":{"prompt_tokens":"x","completion_tokens":-1e999}}\n\n',
  'data: {"choices":[{"index":1e9,"delta":{"tool_calls":[{}]}}]}\n\n',
  'data:\n\n',
  '\u0000\uFEFFdata: {',
];
const JSONS = ['{"usage":{"prompt_tokens":1}}', '[{"usageMetadata":{}},null]', 'null', '"text"', '{"choices":{"a":1}}', '{', '1e999', '{"usage":[]}', ''];

const cutAt = (bytes: Buffer, at: readonly number[]): readonly Buffer[] => {
  const places = [...new Set([0, ...at.map((place) => place % (bytes.length + 1)), bytes.length])].toSorted((a, b) => a - b);
  return places.slice(1).map((to, index) => bytes.subarray(places[index], to));
};

const body = fc.oneof(
  fc.array(fc.constantFrom(...SSE), { maxLength: 12 }).map((events) => Buffer.from(events.join(''))),
  fc.constantFrom(...JSONS).map((text) => Buffer.from(text)),
  fc.json().map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc
    .tuple(fc.array(fc.constantFrom(...SSE), { minLength: 1, maxLength: 6 }), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 }))
    .map(([events, flips]) => {
      const bytes = Buffer.from(events.join(''));
      for (const [at, value] of flips) bytes[at % bytes.length] = value;
      return bytes;
    }),
);
const COMPRESS: Readonly<Record<string, (bytes: Buffer) => Buffer>> = { gzip: gzipSync, br: brotliCompressSync, deflate: deflateSync };
const answer: fc.Arbitrary<Answer> = fc
  .record({
    body,
    at: fc.array(fc.nat(2000), { maxLength: 8 }),
    status: fc.constantFrom(200, 200, 200, 200, 201, 400, 429, 500),
    type: fc.constantFrom(
      'text/event-stream',
      'text/event-stream; charset=utf-8',
      'application/json',
      'application/vnd.amazon.eventstream',
      'application/x-ndjson',
      'text/html',
      '',
    ),
    encoding: fc.constantFrom('', '', '', 'gzip', 'br', 'deflate', 'x-wrong'),
    broken: fc.boolean(),
    cut: fc.constantFrom(false, false, false, false, true),
  })
  .map(({ body: plain, at, status, type, encoding, broken, cut }) => {
    const compress = broken ? undefined : COMPRESS[encoding];
    const bytes = compress === undefined ? plain : compress(plain);
    return {
      status,
      pieces: cutAt(bytes, at),
      cut,
      headers: { ...(type === '' ? {} : { 'content-type': type }), ...(encoding === '' ? {} : { 'content-encoding': encoding }) },
    };
  });

const PATHS = [
  '/v1/chat/completions',
  '/v1/responses',
  '/v1/messages',
  '/v1beta/models/g:streamGenerateContent',
  '/model/m/converse-stream',
  '/model/m/invoke',
  '/v1/embeddings',
  '/openai/deployments/d/chat/completions',
];
const request = fc.record({
  path: fc.constantFrom(...PATHS),
  sent: fc.oneof(fc.constantFrom('', '{', 'null', '[]', '{"stream":true}', '{"messages":3}', '{"model":{},"messages":[null]}'), fc.json()),
  read: fc.constantFrom('text', 'json', 'bytes', 'reader', 'iterate', 'clone', 'cancel', 'blob', 'tee', 'nothing'),
  asRequest: fc.boolean(),
});

let server: Server;
let base: string;
const answers = new Map<string, Answer>();
beforeAll(async () => {
  process.on('unhandledRejection', onUnhandled);
  server = createServer((req, res) => {
    const found = answers.get(String(req.headers['x-id']));
    req.resume().on('end', () => {
      if (found === undefined) return res.destroy();
      res.writeHead(found.status, found.headers);
      for (const piece of found.pieces) res.write(piece);
      if (found.cut) res.socket?.destroy();
      else res.end();
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  process.off('unhandledRejection', onUnhandled);
  server.close();
});

const hex = (bytes: ArrayBuffer | Uint8Array): string => Buffer.from(bytes as Uint8Array).toString('hex');

const READ: Readonly<Record<string, (response: Response) => Promise<unknown>>> = {
  text: (response) => response.text(),
  json: (response) => response.json(),
  bytes: async (response) => hex(await response.arrayBuffer()),
  blob: async (response) => hex(await (await response.blob()).arrayBuffer()),
  nothing: async () => 'nothing',
  cancel: async (response) => response.body?.cancel(),
  clone: async (response) => {
    const clone = response.clone();
    return [hex(await clone.arrayBuffer()), hex(await response.arrayBuffer())];
  },
  tee: async (response) => {
    const [one, other] = response.body?.tee() ?? [];
    return [hex(await new Response(one).arrayBuffer()), hex(await new Response(other).arrayBuffer())];
  },
  reader: async (response) => {
    const reader = response.body?.getReader();
    const pieces: Uint8Array[] = [];
    for (;;) {
      const result = await reader?.read();
      if (result === undefined || result.done) return hex(Buffer.concat(pieces));
      pieces.push(result.value);
    }
  },
  iterate: async (response) => {
    const pieces: Uint8Array[] = [];
    for await (const piece of response.body ?? []) pieces.push(piece);
    return hex(Buffer.concat(pieces));
  },
};

type Case = typeof request extends fc.Arbitrary<infer T> ? T : never;

const byFetch = async (send: Fetch, id: string, { path, sent, read, asRequest }: Case): Promise<string> => {
  const init: RequestInit = { method: 'POST', headers: { 'content-type': 'application/json', 'x-id': id }, body: sent };
  try {
    const response = await (asRequest ? send(new Request(base + path, init)) : send(base + path, init));
    return JSON.stringify([response.status, await READ[read]?.(response)]);
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
};

const byHttp = (module: typeof http, id: string, { path, sent }: Case): Promise<string> =>
  new Promise((done) => {
    const req = module.request(base + path, { method: 'POST', headers: { 'content-type': 'application/json', 'x-id': id } }, (res: IncomingMessage) => {
      const pieces: Buffer[] = [];
      res.on('data', (piece: Buffer) => pieces.push(piece));
      res.on('error', (error) => done(`${res.statusCode} ${error.message}`));
      res.on('end', () => done(`${res.statusCode} ${hex(Buffer.concat(pieces))}`));
    });
    req.on('error', (error) => done(error.message)).end(sent);
  });

test(`${RUNS} random exchanges reach the app byte for byte, throw nothing of their own and leave no rejection behind`, { timeout: 600_000 }, async () => {
  const wire = watchWire({ askUsageHosts: [] });
  const contents = watchWire({ captureContent: true });
  const module = { request: http.request, get: http.get } as unknown as typeof http;
  tapHttp(module as unknown as HttpModule, 'http:', wire.wire);
  let count = 0;
  await fc.assert(
    fc.asyncProperty(answer, request, fc.constantFrom('fetch', 'content', 'http'), async (given, asked, way) => {
      const id = String(count++);
      answers.set(id, given);
      const bare = way === 'http' ? await byHttp(http, id, asked) : await byFetch(fetch, id, asked);
      const seen = way === 'http' ? await byHttp(module, id, asked) : await byFetch(way === 'content' ? contents.fetch : wire.fetch, id, asked);
      answers.delete(id);
      // What a connection that was cut had delivered by then is a matter of time.
      if (given.cut) return;
      expect(seen).toBe(bare);
    }),
    { numRuns: RUNS, endOnFailure: false },
  );
  await new Promise((done) => setTimeout(done, 50));
  expect(unhandled).toEqual([]);
  expect([...wire.faults, ...contents.faults]).toEqual([]);
  expect(wire.seen.length + contents.seen.length).toBeGreaterThan(RUNS / 3);
});
