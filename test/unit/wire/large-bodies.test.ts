import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { totalInput } from '../../../src/call/usage.ts';
import { KeptBody } from '../../../src/providers/shared/response/kept-body.ts';
import { watchWire } from './watch-wire.ts';

const MB = 1024 * 1024;

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** Reads an answer of a provider piece by piece, and gives what the call ended with. */
const read = async (path: string, request: object, answer: string) => {
  server = createServer((_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(answer)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const wire = watchWire();
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
  const response = await wire.fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(request) });
  let size = 0;
  for await (const piece of response.body ?? []) size += piece.length;
  expect(size).toBe(answer.length);
  return wire.seen[0]?.outcome;
};

test('an answer of twenty megabytes of pictures that is read in pieces leaves its usage', async () => {
  const picture = Buffer.alloc(5 * MB, 'picture').toString('base64');
  const usage = { input_tokens: 50, input_tokens_details: { image_tokens: 0, text_tokens: 50 }, output_tokens: 12_480, total_tokens: 12_530 };
  const data = [{ b64_json: picture }, { b64_json: picture }, { b64_json: picture }];
  const outcome = await read('/v1/images/generations', { model: 'gpt-image-1', prompt: 'ships', n: 3 }, JSON.stringify({ created: 1, data, usage }));
  expect(outcome).toMatchObject({ kind: 'completed', usage: { buckets: { input: 50 } } });
});

test('so does one of vectors in numbers', async () => {
  const embedding = Array.from({ length: 3072 }, (_, at) => Math.sin(at));
  const data = Array.from({ length: 200 }, (_, index) => ({ object: 'embedding', index, embedding }));
  const answer = JSON.stringify({ object: 'list', data, model: 'text-embedding-3-large', usage: { prompt_tokens: 900, total_tokens: 900 } });
  expect(answer.length).toBeGreaterThan(10 * MB);
  const outcome = await read('/v1/embeddings', { model: 'text-embedding-3-large', input: ['a'] }, answer);
  expect(outcome?.kind).toBe('completed');
  expect(outcome?.usage && totalInput(outcome.usage.buckets)).toBe(900);
});

const keptOf = (text: string, pieceOf: () => number): unknown => {
  const bytes = Buffer.from(text);
  const body = new KeptBody();
  for (let at = 0; at < bytes.length;) {
    const piece = Buffer.from(bytes.subarray(at, (at += pieceOf())));
    body.push(piece);
    piece.fill(0);
  }
  return JSON.parse(body.take());
};

const LONG = 'long "é\\ \n'.repeat(3000);
let cuts = 0;
const nested = [{ 'a"\\': 'b\\"c', é: 'ü\n\\\\' }, [1, -2.5e-9, true, null], '', '\\', '"', LONG, { [LONG]: 1, z: [[]] }];

test('only long values are left out of a large body, wherever it is cut', () => {
  const short = Array.from({ length: 2000 }, () => 'short "é\\ \n'.repeat(150));
  const numbers = Array.from({ length: 300_000 }, (_, at) => at / 7);
  const text = JSON.stringify([nested, short, [numbers, 'x']]);
  expect(text.length).toBeGreaterThan(8 * MB);
  const expected = [JSON.parse(JSON.stringify(nested).replaceAll(JSON.stringify(LONG), '""')), short, [[], 'x']];
  for (const pieceOf of [() => 1 + (cuts++ % 7), () => 65_536, () => 12 * MB]) expect(keptOf(text, pieceOf)).toEqual(expected);
});

test('what is within the limit is kept as it is', () => {
  expect(keptOf(JSON.stringify(nested), () => 3)).toEqual(nested);
});

test('a body that is too large without its long values is given up, in as much memory as any other', () => {
  const text = JSON.stringify(Array.from({ length: 3 * MB }, (_, at) => `${at}`));
  expect(() => keptOf(text, () => 65_536)).toThrow(SyntaxError);
});
