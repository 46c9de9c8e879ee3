import { AsyncLocalStorage } from 'node:async_hooks';
import { expect, test } from 'vitest';
import { currentScope } from '../../../src/runtime/scope.ts';
import { watchWire } from './watch-wire.ts';

const URL_OF_CHAT = 'https://api.mistral.ai/v1/chat/completions';
const ANSWER = { id: 'a', model: 'm', choices: [{ index: 0, finish_reason: 'stop' }], usage: { prompt_tokens: 7, completion_tokens: 2 } };
const asked = { method: 'POST', body: JSON.stringify({ model: 'm', messages: [] }) };

test('what was begun while a call ran, and lives on, belongs to no call once that has ended', async () => {
  let inside: ReturnType<typeof AsyncLocalStorage.snapshot> | undefined;
  const wire = watchWire({
    original: () => {
      inside = AsyncLocalStorage.snapshot();
      return Promise.resolve(Response.json(ANSWER));
    },
  });
  const response = await wire.fetch(URL_OF_CHAT, asked);
  const callThere = (): unknown => inside?.(() => currentScope().call);
  expect(callThere()).toMatchObject({ ended: false });
  await response.json();
  expect(wire.seen.map(({ outcome }) => outcome.kind)).toEqual(['completed']);
  expect(callThere()).toBeUndefined();
});

test('headers that are looked for last are read from the answer of a real fetch', async () => {
  const headers = {
    'mistral-correlation-id': 'c-1',
    'x-ratelimit-limit-req-minute': '60',
    'x-ratelimit-remaining-req-minute': '59',
    'x-ratelimit-limit-tokens-minute': '500',
    'x-ratelimit-remaining-tokens-minute': '400',
    'x-litellm-response-cost': '0.25',
  };
  const wire = watchWire({ original: () => Promise.resolve(Response.json(ANSWER, { headers })) });
  await (await wire.fetch(URL_OF_CHAT, asked)).json();
  expect(wire.seen[0]?.outcome.response).toMatchObject({
    requestId: 'c-1',
    headroom: { limitRequests: 60, remainingRequests: 59, limitTokens: 500, remainingTokens: 400 },
  });
});
