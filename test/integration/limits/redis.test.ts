/** Limits in a real Redis: what is left when calls vanish, when the server forgets, and when nobody comes for a long time. */
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BudgetLine, HeldLine } from '../../../src/call/budget-store.ts';
import { openRedisStore } from '../../../src/stores/redis/open-redis.ts';
import type { RedisStoreOptions } from '../../../src/stores/redis/redis-store.ts';
import { redisProgram, type RedisServer, requireAll, startRedis } from '../../contract/stores/redis-server.ts';

const ever = { kind: 'fixed', candidates: [{ startMs: 0, endMs: 8_640_000_000_000_000 }] } as const;
const slots = (key: string, limit: number): BudgetLine => ({ key, slots: ever, limit, amount: 1, enforce: true, thresholds: [], role: 'slots' });
const rate = (key: string, limit: number): BudgetLine => ({
  key,
  slots: { kind: 'rolling', widthMs: 1000, count: 61 },
  limit,
  amount: 1,
  enforce: true,
  thresholds: [],
  role: 'rate',
});
const given = (line: BudgetLine): readonly HeldLine[] => [{ ...line, amount: 0, slotMs: 0 }];
const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

const missing = redisProgram === undefined ? ' (neither redis-server nor valkey-server is installed)' : '';

describe.skipIf(redisProgram === undefined && !requireAll)(`redis${missing}`, () => {
  let server: RedisServer;
  let client: Redis;
  beforeAll(async () => {
    server = await startRedis();
    client = new Redis(server.url);
  });
  afterAll(async () => {
    client?.disconnect();
    await server?.stop();
  });
  const open = (namespace: string, more: RedisStoreOptions = {}) => {
    const store = openRedisStore({ url: server.url }, { namespace, ...more });
    if (store === undefined) throw new Error('no client');
    return store;
  };

  test('after a loss of all data places that are held stay held, and come back as such', async () => {
    const store = open('loss');
    const line = slots('limit:a', 2);
    await store.reserve({ id: '1', leaseMs: 1000, lines: [line] });
    await store.reserve({ id: '2', leaseMs: 60_000, lines: [line] });
    await client.flushall();
    expect((await store.reserve({ id: '3', leaseMs: 60_000, lines: [line] })).kind).toBe('refused');
    await sleep(1100);
    expect((await store.reserve({ id: '3', leaseMs: 60_000, lines: [line] })).kind).toBe('reserved');
    await store.settle({ id: '2', lines: given(line) });
    await store.settle({ id: '3', lines: given(line) });
    expect((await store.read([{ key: line.key, slots: ever, limit: 2 }]))[0]).toMatchObject({ reserved: 0, committed: 0 });
    await store.close();
  });

  test('nothing of a limit stays for good', async () => {
    const store = open('life', { keepMs: 60_000 });
    await store.reserve({ id: '1', leaseMs: 5000, lines: [slots('limit:s/user', 2), rate('limit:r/user', 5)] });
    await store.reserve({ id: '2', leaseMs: 5000, lines: [slots('limit:t', 0)], turn: { who: 'x', waitedMs: 0, keepMs: 1000 } });
    await store.reserve({ id: '3', leaseMs: 5000, lines: [slots('limit:u', 1)] });
    await store.reserve({ id: '4', leaseMs: 5000, lines: [slots('limit:u', 1)], turn: { who: 'x', waitedMs: 0, keepMs: 1000 } });
    for (const id of ['1', '3'])
      await store.settle({ id, lines: id === '1' ? [...given(slots('limit:s/user', 2)), ...given(rate('limit:r/user', 5))] : given(slots('limit:u', 1)) });
    const keys = (await client.keys('{purser:life}:*')).filter((key) => !/:(epoch|leases|keys)$/.test(key));
    expect(keys.length).toBeGreaterThan(3);
    const lives = await Promise.all(keys.map((key) => client.pttl(key)));
    expect(Math.min(...lives)).toBeGreaterThan(0);
    expect(await client.smembers('{purser:life}:keys')).toEqual([]);
    await store.close();
  });

  test('a place that the server let go of with its limit is not given back once more', async () => {
    const store = open('idle', { keepMs: 50 });
    const line = slots('limit:a', 1);
    await store.reserve({ id: '1', leaseMs: 50, lines: [line] });
    await store.reserve({ id: '2', leaseMs: 50, lines: [slots('limit:b', 1)] });
    await sleep(250);
    expect(await client.exists('{purser:idle}:b:limit:a')).toBe(0);
    await store.settle({ id: '2', lines: given(slots('limit:b', 1)) });
    expect((await store.reserve({ id: '3', leaseMs: 60_000, lines: [line] })).kind).toBe('reserved');
    expect((await store.reserve({ id: '4', leaseMs: 60_000, lines: [line] })).kind).toBe('refused');
    expect((await store.reserve({ id: '5', leaseMs: 60_000, lines: [slots('limit:b', 1)] })).kind).toBe('reserved');
    expect((await store.reserve({ id: '6', leaseMs: 60_000, lines: [slots('limit:b', 1)] })).kind).toBe('refused');
    await store.close();
  });
});
