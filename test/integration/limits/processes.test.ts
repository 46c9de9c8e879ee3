/** Limits over processes with the real SDK and the preload, counted at a provider in a process of its own. */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { redisProgram, type RedisServer, requireAll, startRedis } from '../../contract/stores/redis-server.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { type App, limitsFile, mostAtOnce, mostInAny, type Provider, startApp, startProvider } from './run-apps.ts';

const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

const scratch = scratchFolder();
const PROCESSES = 4;
const CALLS = 7;
const match = { model: 'gpt-5.4' };
const WINDOW_MS = 4000;

const stores = [
  { name: 'sqlite', missing: undefined },
  { name: 'redis', missing: redisProgram === undefined ? 'neither redis-server nor valkey-server is installed' : undefined },
] as const;

/** Apps over one store, and providers to count at; all gone when the tests are. */
const worldOf = (name: 'sqlite' | 'redis') => {
  let redis: RedisServer | undefined;
  const providers: Provider[] = [];
  const apps: App[] = [];
  beforeAll(async () => {
    if (name === 'redis') redis = await startRedis();
  });
  afterAll(async () => {
    for (const app of apps) app.kill();
    for (const one of providers) one.stop();
    await redis?.stop();
  });
  let configs = 0;
  return {
    provider: async (): Promise<Provider> => {
      const started = await startProvider();
      providers.push(started);
      return started;
    },
    configOf: (limits: readonly object[]): string => {
      const folder = mkdtempSync(join(scratch, name));
      const store =
        name === 'redis' ? { kind: 'redis', url: redis?.url, namespace: `test-${(configs += 1)}` } : { kind: 'sqlite', path: join(folder, 'purser.db') };
      return limitsFile(folder, limits, { ...store, timeout_ms: 5000 });
    },
    start: async (url: string, config: string, env: Readonly<Record<string, string>>): Promise<App> => {
      const app = await startApp(url, config, env);
      apps.push(app);
      return app;
    },
  };
};

for (const { name, missing } of stores) {
  describe.skipIf(missing !== undefined && !requireAll)(`${name}${missing === undefined ? '' : ` (${missing})`}`, () => {
    const { provider, configOf, start } = worldOf(name);

    test('four processes together never exceed a rate in any true window, nor a bound on calls in flight', { timeout: 90_000 }, async () => {
      const { url, lines } = await provider();
      const config = configOf([
        { id: 'rate', limit: 15, window: `${WINDOW_MS}ms`, maxWait: '60s', match },
        { id: 'slots', unit: 'concurrency', limit: 4, per: ['provider', 'model'], maxWait: '60s', match },
      ]);
      const started = await Promise.all(Array.from({ length: PROCESSES }, () => start(url, config, { CALLS: String(CALLS), LATENCY: '40' })));
      for (const app of started) app.go();
      const ends = await Promise.all(started.map((app) => app.exit));
      expect(ends).toEqual(ends.map(() => ({ code: 0, signal: null, stderr: '' })));
      const results = (await Promise.all(started.map((app) => app.results))).flat();
      expect(results.filter((result) => !result.startsWith('done'))).toEqual([]);
      const billed = await lines();
      expect(billed).toHaveLength(PROCESSES * CALLS);
      expect(mostInAny(billed, WINDOW_MS)).toBeLessThanOrEqual(15);
      expect(mostAtOnce(billed)).toBeLessThanOrEqual(4);
      // Not only kept, but used: the rate is nearly reached, and so is the bound.
      expect(mostInAny(billed, WINDOW_MS)).toBeGreaterThanOrEqual(14);
      expect(mostAtOnce(billed)).toBe(4);
    });

    test('places of a process that is killed come back with its lease, and no more calls run meanwhile', { timeout: 60_000 }, async () => {
      const { url, lines } = await provider();
      const config = configOf([{ id: 'slots', unit: 'concurrency', limit: 3, lease: '2s', maxWait: '30s', match }]);
      const victim = await start(url, config, { CALLS: '5', LATENCY: '3500', KEY: 'the-victim-0001' });
      const others = await Promise.all([start(url, config, { CALLS: '3', LATENCY: '30' }), start(url, config, { CALLS: '3', LATENCY: '30' })]);
      victim.go();
      await sleep(1500);
      for (const app of others) app.go();
      await sleep(500);
      victim.kill();
      const results = (await Promise.all(others.map((app) => app.results))).flat();
      const tookMs = results.map((result) => Number(/^done (\d+)$/.exec(result)?.[1]));
      // Until it was killed the process renewed its leases, the last time at most a third of a lease before.
      expect(Math.min(...tookMs)).toBeGreaterThan(500 + 1300 - 100);
      expect(Math.max(...tookMs)).toBeLessThan(500 + 2000 + 2500);
      for (let tries = 0; tries < 100 && (await lines()).length < 9; tries += 1) await sleep(100);
      const tails = (await lines()).map(({ keyTail }) => keyTail);
      expect(tails.filter((tail) => tail === '0001')).toHaveLength(3);
      expect(tails).toHaveLength(9);
      expect(mostAtOnce((await lines()).filter(({ keyTail }) => keyTail !== '0001'))).toBeLessThanOrEqual(3);
    });
  });
}

describe('over one file', () => {
  const { provider, configOf, start } = worldOf('sqlite');

  test.concurrent('a process that refuses says so at once, and four of them let exactly as many through as the limit says', { timeout: 60_000 }, async () => {
    const { url, lines } = await provider();
    const config = configOf([{ id: 'rate', limit: 10, window: 'hour', match }]);
    const started = await Promise.all(Array.from({ length: PROCESSES }, () => start(url, config, { CALLS: '10' })));
    for (const app of started) app.go();
    const results = (await Promise.all(started.map((app) => app.results))).flat();
    expect(results.filter((result) => result.startsWith('done'))).toHaveLength(10);
    expect(
      results.filter((result) => result.endsWith('The limit "rate" is reached: 10 of 10 requests in an hour. A new try may pass in 62 min.')),
    ).toHaveLength(30);
    expect(await lines()).toHaveLength(10);
  });

  test.concurrent('a user with many calls in one process does not hold up another in a second process', { timeout: 60_000 }, async () => {
    const { url, lines } = await provider();
    const config = configOf([{ id: 'slots', unit: 'concurrency', limit: 2, maxWait: '60s', match }]);
    const noisy = await start(url, config, { CALLS: '60', LATENCY: '40', APP_USER: 'noisy', KEY: 'the-noisy-1111' });
    const quiet = await start(url, config, { CALLS: '3', LATENCY: '40', APP_USER: 'quiet', KEY: 'the-quiet-2222' });
    noisy.go();
    await sleep(400);
    quiet.go();
    const results = await Promise.all([noisy.results, quiet.results]);
    expect(results.flat().filter((result) => !result.startsWith('done'))).toEqual([]);
    const order = [...(await lines())].sort((a, b) => a.arrivedMs - b.arrivedMs).map(({ keyTail }) => keyTail);
    const first = order.indexOf('2222');
    expect(first).toBeLessThan(50);
    // Turn by turn: among the ten that go from then on are all three.
    expect(order.slice(first, first + 10).filter((tail) => tail === '2222')).toHaveLength(3);
    expect(mostAtOnce(await lines())).toBeLessThanOrEqual(2);
  });
});
