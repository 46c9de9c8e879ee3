import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import { GoogleGenerativeAI } from '@google/generative-ai';
import OpenAI from 'openai';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { Refusal } from '../../../src/call/policy.ts';
import { startLocalProvider, type LocalProvider } from '../../support/local-provider/start.ts';
import { watchWire, type WireWatching } from './watch-wire.ts';

let provider: LocalProvider;
beforeAll(async () => {
  provider = await startLocalProvider();
});
afterAll(() => provider.close());
afterEach(() => vi.unstubAllGlobals());

const refusal: Refusal = { code: 'rate_limited', policy: 'rate', rule: 'team', message: 'The limit is reached.', details: {} };

const refusing = (code: Refusal['code']): WireWatching => {
  provider.reset();
  const wire = watchWire({ policies: [{ name: 'no', admit: () => ({ kind: 'refused', refusal: { ...refusal, code } }) }] });
  vi.stubGlobal('fetch', wire.fetch);
  return wire;
};

// SDKs that no hook has seen, as in a bundle.
const CALLS: Readonly<Record<string, () => Promise<unknown>>> = {
  openai: () =>
    new OpenAI({ apiKey: 'k', baseURL: `${provider.url}/v1` }).chat.completions.create({ model: 'gpt-5.4', messages: [{ role: 'user', content: 'hello' }] }),
  anthropic: () =>
    new Anthropic({ apiKey: 'k', baseURL: provider.url }).messages.create({
      model: 'claude-sonnet-5',
      max_tokens: 9,
      messages: [{ role: 'user', content: 'hello' }],
    }),
  genai: () => new GoogleGenAI({ apiKey: 'k', httpOptions: { baseUrl: provider.url } }).models.generateContent({ model: 'gemini-3-flash', contents: 'hello' }),
  generativeai: () => new GoogleGenerativeAI('k').getGenerativeModel({ model: 'gemini-3-flash' }, { baseUrl: provider.url }).generateContent('hello'),
};

test.each(Object.entries(CALLS).flatMap(([sdk, call]) => (['budget_exhausted', 'rate_limited'] as const).map((code) => [sdk, code, call] as const)))(
  '%s makes its own error of %s, and does not try again',
  async (_sdk, code, call) => {
    const wire = refusing(code);
    const status = code === 'rate_limited' ? 429 : 402;
    await expect(call()).rejects.toMatchObject({ status, message: expect.stringContaining('The limit is reached.') as string });
    expect(wire.seen.map(({ outcome }) => outcome.kind)).toEqual(['blocked']);
    expect(provider.bill().requests).toBe(0);
  },
);
