import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { totalInput } from '../../../src/call/usage.ts';
import { startLocalProvider, type LocalProvider } from '../../support/local-provider/start.ts';
import { watchWire, type WireWatching } from './watch-wire.ts';

let provider: LocalProvider;
let wire: WireWatching;
beforeAll(async () => {
  provider = await startLocalProvider();
});
afterAll(() => provider.close());
beforeEach(() => {
  wire = watchWire();
});

const ask = (stream: boolean, headers: Readonly<Record<string, string>>): Promise<Response> =>
  wire.fetch(`${provider.url}/v1/responses`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-local-in': '77', ...headers },
    body: JSON.stringify({ model: 'gpt-4.1', input: 'hello', stream }),
  });

const inPieces = async (response: Response): Promise<void> => {
  for await (const piece of response.body ?? []) expect(piece.length).toBeGreaterThan(0);
};

const FORMS: readonly (readonly [name: string, read: (response: Response) => Promise<unknown>])[] = [
  ['in pieces', inPieces],
  ['as text', (response) => response.text()],
  ['as bytes', (response) => response.bytes()],
];

test.each(['upper', 'none', 'plain'])('a stream tells its tokens, whatever is said of its content: %s', async (type) => {
  for (const [name, read] of FORMS) {
    wire = watchWire();
    await read(await ask(true, { 'x-local-type': type, 'x-local-framing': 'mark,comments', 'x-local-pieces': '7' }));
    const { outcome } = wire.seen[0] ?? {};
    expect([name, outcome?.kind, outcome?.usage && totalInput(outcome.usage.buckets)]).toEqual([name, 'completed', 77]);
  }
});

test.each(['upper', 'none', 'plain'])('a whole tells its tokens, whatever is said of its content: %s', async (type) => {
  for (const [name, read] of FORMS) {
    wire = watchWire();
    await read(await ask(false, { 'x-local-type': type, 'x-local-pieces': '7' }));
    const { outcome } = wire.seen[0] ?? {};
    expect([name, outcome?.kind, outcome?.usage && totalInput(outcome.usage.buckets)]).toEqual([name, 'completed', 77]);
  }
});
