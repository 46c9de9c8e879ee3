import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { context, ROOT_CONTEXT, type Context, type ContextManager } from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { lateTelemetry } from '../../../src/runtime/late.ts';
import { pricerOf } from '../../../src/runtime/pricing.ts';
import { ask, usd } from '../pricing/ask.ts';

/** The smallest manager that keeps a context over what is asynchronous, as an app with OpenTelemetry has one. */
class Kept implements ContextManager {
  readonly #store = new AsyncLocalStorage<Context>();
  active = (): Context => this.#store.getStore() ?? ROOT_CONTEXT;
  with: ContextManager['with'] = (active, work, self, ...args) => this.#store.run(active, () => work.call(self as ThisParameterType<typeof work>, ...args));
  bind: ContextManager['bind'] = (active, target) => {
    void active;
    return target;
  };
  enable = (): this => this;
  disable = (): this => this;
}

afterEach(() => context.disable());

test('a provider that the owner named for a private host has its list prices there, models with open weights too; nobody else has', () => {
  const hosts = { 'litellm.internal': 'groq', '10.1.2.3:4000': 'deepseek', '127.0.0.1': 'openai', 'gw.internal/one': 'groq' };
  const loaded = loadConfig({ env: {}, cwd: '/' }).config;
  const pricer = pricerOf({ ...loaded, providers: { ...loaded.providers, hosts } }, lateTelemetry(), systemClock);
  const cost = (provider: string, model: string, baseUrl: string): string => {
    const one = pricer.price(ask(provider, model, { input: 1_000_000 }, { context: { baseUrl } }));
    return one.kind === 'priced' ? `${usd(one)} ${one.confidence}` : one.reason;
  };
  try {
    expect(cost('groq', 'llama-3.3-70b-versatile', 'http://litellm.internal/v1/chat/completions')).toBe('0.59 exact');
    expect(cost('deepseek', 'deepseek-flash', 'http://10.1.2.3:4000/chat/completions')).toMatch(/^0\.\d+ /);
    expect(cost('openai', 'gpt-5', 'http://127.0.0.1:4801/v1/chat/completions')).toBe('1.25 exact');
    expect(cost('groq', 'llama-3.3-70b-versatile', 'http://gw.internal/one/v1/chat/completions')).toBe('0.59 exact');
    expect(cost('groq', 'llama-3.3-70b-versatile', 'http://gw.internal/two/v1/chat/completions')).toBe('private_host');
    expect(cost('groq', 'llama-3.3-70b-versatile', 'http://10.1.2.3:4000/v1/chat/completions')).toBe('private_host');
    expect(cost('openai', 'gpt-5', 'http://10.9.9.9/v1/chat/completions')).toBe('1.25 inferred');
    expect(cost('10.9.9.9', 'llama3', 'http://10.9.9.9/v1/chat/completions')).toBe('unknown_provider');
  } finally {
    pricer.stop();
  }
});

test('the request for a newer price table is none of the app’s: whoever traces requests is told to leave it out', async () => {
  context.setGlobalContextManager(new Kept());
  const server = createServer((_, response) => void response.writeHead(500).end()).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const seen: boolean[] = [];
  const look = (): void => void seen.push(isTracingSuppressed(context.active()));
  subscribe('http.client.request.start', look);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/table.json`;
  const { config } = loadConfig({ env: { PURSER_PRICING_REFRESH_URL: url }, cwd: '/' });
  const pricer = pricerOf(config, lateTelemetry(), systemClock);
  try {
    expect(await pricer.refresh()).toBe('failed');
    expect(seen).toEqual([true]);
  } finally {
    unsubscribe('http.client.request.start', look);
    pricer.stop();
    server.closeAllConnections();
    server.close();
  }
});
