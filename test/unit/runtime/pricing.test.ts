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
