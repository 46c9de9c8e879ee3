import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { totalInput } from '../../../src/call/usage.ts';
import { watchWire } from './watch-wire.ts';

const USAGE = { input_tokens: 1000, output_tokens: 500, total_tokens: 1500 };
const answer = (id: string, status: string, usage: unknown): string => JSON.stringify({ id, object: 'response', status, model: 'gpt-5.4', output: [], usage });

const result = {
  custom_id: 'r',
  result: { type: 'succeeded', message: { type: 'message', model: 'claude-sonnet-5', usage: { input_tokens: 500, output_tokens: 5 } } },
};
const RESULTS = `${JSON.stringify(result)}\n${JSON.stringify(result)}`;

let server: Server;
let base: string;
beforeAll(async () => {
  // What was made in the background has no usage until it is fetched.
  server = createServer((request, response) => {
    if (request.url?.endsWith('/results') === true) return response.writeHead(200, { 'content-type': 'application/binary' }).end(RESULTS);
    const background = request.url?.includes('background') === true || request.headers['x-background'] === '1';
    const made = request.method === 'POST';
    const id = background ? 'resp_background' : 'resp_1';
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(made && background ? answer(id, 'queued', null) : answer(id, 'completed', USAGE));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/responses`;
});
afterAll(() => server.close());

const inputs = async (id: string, headers: Readonly<Record<string, string>>): Promise<readonly (number | undefined)[]> => {
  const wire = watchWire();
  await (await wire.fetch(base, { method: 'POST', headers, body: JSON.stringify({ model: 'gpt-5.4', input: 'hello' }) })).json();
  for (let at = 0; at < 3; at++) await (await wire.fetch(`${base}/${id}`)).json();
  return wire.seen.map(({ outcome }) => (outcome.usage === undefined ? undefined : totalInput(outcome.usage.buckets)));
};

test('the tokens of a stored response count once, with the call that made it', async () => {
  expect(await inputs('resp_1', {})).toEqual([1000, undefined, undefined, undefined]);
});

test('the tokens of a response made in the background count once, when it is first fetched with them', async () => {
  expect(await inputs('resp_background', { 'x-background': '1' })).toEqual([undefined, 1000, undefined, undefined]);
});

test.each([
  ['as text', (answer: Response) => answer.text()],
  ['as bytes', (answer: Response) => answer.arrayBuffer()],
  [
    'piece by piece',
    async (answer: Response) => {
      for await (const piece of answer.body ?? []) expect(piece.length).toBeGreaterThan(0);
    },
  ],
])('the results of a batch that are read %s count once', async (_how, read) => {
  const wire = watchWire();
  for (let at = 0; at < 2; at++) await read(await wire.fetch(`${base.replace('responses', 'messages')}/batches/b1/results`));
  expect(wire.seen.map(({ call, outcome }) => [call.operation, outcome.usage === undefined ? undefined : totalInput(outcome.usage.buckets)])).toEqual([
    ['batch', 1000],
    ['batch', undefined],
  ]);
});
