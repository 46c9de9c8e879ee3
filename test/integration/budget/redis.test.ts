/** Budgets over a real Redis: data loss, a server that is away, leases by its own clock, the keys it keeps. */
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BudgetLine, StoreNotice } from '../../../src/call/budget-store.ts';
import { openRedisStore } from '../../../src/stores/redis/open-redis.ts';
import { redisProgram, type RedisServer, requireAll, startRedis } from '../../contract/stores/redis-server.ts';

const slots = { kind: 'fixed', candidates: [{ startMs: 0, endMs: 8_640_000_000_000_000 }] } as const;
const line = (amount: number, key = 'b'): BudgetLine => ({ key, slots, limit: 1000, amount, enforce: true, thresholds: [] });
const held = (amount: number, key = 'b') => ({ ...line(amount, key), slotMs: 0 });
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

  const open = (namespace: string, timeoutMs = 1000) => {
    const store = openRedisStore({ url: server.url }, { namespace, timeoutMs, settleTimeoutMs: timeoutMs });
    if (store === undefined) throw new Error('no client');
    const notices: StoreNotice[] = [];
    store.onNotice((notice) => notices.push(notice));
    return { store, notices };
  };
  const read = async (store: ReturnType<typeof open>['store'], key = 'b') => (await store.read([{ key, slots, limit: 1000 }]))[0];

  test.each([['that never was there'], ['that was killed']])('a server %s is told by why it cannot be reached, not by how often it was tried', async (when) => {
    const away = await startRedis();
    const store = openRedisStore({ url: away.url }, { namespace: 'away', timeoutMs: 5000 });
    if (when === 'that was killed') await store?.reserve({ id: 'there', leaseMs: 60_000, lines: [line(1)] });
    await away.stop();
    await expect(store?.reserve({ id: 'away', leaseMs: 60_000, lines: [line(1)] })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await store?.close();
  });

  test('two processes see one budget', async () => {
    const a = open('two');
    const b = open('two');
    await a.store.reserve({ id: '1', leaseMs: 60_000, lines: [line(600)] });
    expect(await b.store.reserve({ id: '2', leaseMs: 60_000, lines: [line(600)] })).toMatchObject({ kind: 'refused', lines: [{ reserved: 600 }] });
    await Promise.all([a.store.close(), b.store.close()]);
  });

  test('after a loss of all data the processes bring back the highest marks and their open calls, and one of each only', async () => {
    const a = open('loss');
    const b = open('loss');
    await a.store.reserve({ id: 'a1', leaseMs: 60_000, lines: [line(100)] });
    await a.store.settle({ id: 'a1', lines: [held(100)] });
    await b.store.reserve({ id: 'b1', leaseMs: 60_000, lines: [line(50)] });
    await b.store.settle({ id: 'b1', lines: [held(50)] });
    await a.store.reserve({ id: 'a2', leaseMs: 60_000, lines: [line(10)] });
    await b.store.reserve({ id: 'b2', leaseMs: 60_000, lines: [line(20)] });
    await client.flushall();
    const [first, second] = await Promise.all([
      a.store.reserve({ id: 'a3', leaseMs: 60_000, lines: [line(1)] }),
      b.store.reserve({ id: 'b3', leaseMs: 60_000, lines: [line(2)] }),
    ]);
    expect([first.kind, second.kind]).toEqual(['reserved', 'reserved']);
    expect(await read(a.store)).toMatchObject({ committed: 150, reserved: 33 });
    await a.store.settle({ id: 'a2', lines: [held(7)] });
    expect(await read(b.store)).toMatchObject({ committed: 157, reserved: 23 });
    expect(a.notices.map((notice) => notice.kind)).toContain('data_lost');
    expect(b.notices.map((notice) => notice.kind)).toContain('data_lost');
    await Promise.all([a.store.close(), b.store.close()]);
  });

  test('a process that was silent during the loss still brings its marks, on top of what was charged since', async () => {
    const a = open('late');
    const b = open('late');
    await a.store.reserve({ id: 'a1', leaseMs: 60_000, lines: [line(100)] });
    await a.store.settle({ id: 'a1', lines: [held(100)] });
    await b.store.settle({ id: 'none', lines: [held(0, 'other')] });
    await client.flushall();
    await b.store.reserve({ id: 'b1', leaseMs: 60_000, lines: [line(30)] });
    await b.store.settle({ id: 'b1', lines: [held(30)] });
    expect(await read(a.store)).toMatchObject({ committed: 130 });
    await Promise.all([a.store.close(), b.store.close()]);
  });

  test('a server that is paused fails operations in time, and nothing is counted twice when it goes on', async () => {
    const { store } = open('pause', 200);
    await store.reserve({ id: '1', leaseMs: 60_000, lines: [line(10)] });
    server.pause();
    const started = performance.now();
    await expect(store.reserve({ id: '2', leaseMs: 60_000, lines: [line(20)] })).rejects.toThrow('no answer within 200 ms');
    expect(performance.now() - started).toBeLessThan(1500);
    await expect(store.settle({ id: '1', lines: [held(5)] })).rejects.toThrow('no answer');
    server.resume();
    // The reservation that seemed lost has reached the server; taking it back leaves nothing.
    await store.settle({ id: '2', lines: [held(0)] });
    await store.settle({ id: '1', lines: [held(5)] });
    expect(await read(store)).toMatchObject({ committed: 5, reserved: 0 });
    await store.close();
  });

  test('leases run out by the clock of the server', async () => {
    const { store } = open('lease');
    await store.reserve({ id: '1', leaseMs: 50, lines: [line(10)] });
    await sleep(80);
    expect(await read(store)).toMatchObject({ committed: 10, reserved: 0 });
    expect(await store.settle({ id: '1', lines: [held(4)] })).toMatchObject({ kind: 'corrected', lines: [{ committed: 4 }] });
    await store.close();
  });

  test('a call may come back an hour after its lease has run out, also where limits in the same server keep records for less', async () => {
    const budgets = open('both').store;
    const limits = openRedisStore({ url: server.url }, { namespace: 'both', recordMs: 900_000 });
    await budgets.reserve({ id: 'slow', leaseMs: 50, lines: [line(10)] });
    await sleep(80);
    await limits?.read([]);
    expect(await client.pttl('{purser:both}:i:slow')).toBeGreaterThan(3_500_000);
    expect(await budgets.settle({ id: 'slow', lines: [held(4)] })).toMatchObject({ kind: 'corrected', lines: [{ committed: 4 }] });
    await Promise.all([budgets.close(), limits?.close()]);
  });

  test('litellm 33323, 33923, 34238: a total has no time to live, and a day goes some days after its end', async () => {
    const { store } = open('life');
    const day = 86_400_000;
    const startMs = Math.floor(Date.now() / day) * day;
    const today = { kind: 'fixed', candidates: [{ startMs, endMs: startMs + day }] } as const;
    await store.reserve({ id: '1', leaseMs: 60_000, lines: [line(1, 'total'), { ...line(1, 'day'), slots: today }] });
    expect(await client.pttl('{purser:life}:b:total')).toBe(-1);
    const life = await client.pttl('{purser:life}:b:day');
    expect(life).toBeGreaterThan(2 * day - 1000);
    expect(life).toBeLessThan(3 * day + 1000);
    await store.close();
  });

  test('what is charged late in a window that is over takes nothing of the present one with it', async () => {
    const hour = 3_600_000;
    const startMs = Math.floor(Date.now() / hour) * hour;
    const hours = (from: number) =>
      ({ kind: 'fixed', candidates: [0, 1, 2].map((at) => ({ startMs: from + at * hour, endMs: from + (at + 1) * hour })) }) as const;
    const now = { ...line(10), slots: hours(startMs - hour) };
    const before = { ...line(7), slots: hours(startMs - 100 * hour) };
    const { store } = open('past');
    await store.reserve({ id: 'now', leaseMs: 60_000, lines: [now] });
    await store.settle({ id: 'now', lines: [{ ...now, slotMs: startMs }] });
    const life = await client.pttl('{purser:past}:b:b');
    expect(await store.settle({ id: 'late', lines: [{ ...before, slotMs: startMs - 100 * hour }] })).toMatchObject({
      kind: 'charged',
      lines: [{ committed: 7 }],
    });
    expect(await store.read([{ key: 'b', slots: now.slots, limit: 1000 }])).toMatchObject([{ committed: 10 }]);
    expect(await client.pttl('{purser:past}:b:b')).toBeGreaterThan(life - 1000);
    await store.settle({ id: 'alone', lines: [{ ...before, key: 'alone', slotMs: startMs - 100 * hour }] });
    expect(await client.pttl('{purser:past}:b:alone')).toBeGreaterThan(0);
    await store.close();
  });

  test('what a run of a process has spent is kept for as long as it runs', async () => {
    const startMs = Date.now();
    const run = { ...line(10), slots: { kind: 'fixed', candidates: [{ startMs, endMs: 8_640_000_000_000_000 }] } } as const;
    const rolling = { ...line(1, 'rolling'), slots: { kind: 'rolling', widthMs: 60_000, count: 2 } } as const;
    const { store } = open('run');
    for (const [id, lines] of [[run], [run], [run, rolling]].entries()) {
      await store.reserve({ id: `run-${id}`, leaseMs: 60_000, lines });
      expect(await client.pttl('{purser:run}:b:b')).toBeGreaterThan(30 * 86_400_000);
      await client.pexpire('{purser:run}:b:b', 60_000);
    }
    await store.close();
  });

  test('all keys of a namespace carry its hash tag', async () => {
    const { store } = open('tag');
    await store.reserve({ id: '1', leaseMs: 60_000, lines: [line(1)] });
    await store.change({ key: 'b', slots, change: { kind: 'limit', limit: 5 }, by: 'x' });
    const keys = await client.keys('*tag*');
    expect(keys.length).toBeGreaterThan(4);
    expect(keys.every((key) => key.startsWith('{purser:tag}:'))).toBe(true);
    await store.close();
  });

  test('a server without an append-only file is told at the start', async () => {
    const { store, notices } = open('warn');
    await store.read([]);
    await sleep(100);
    expect(notices.map((notice) => notice.kind)).toEqual(['not_durable']);
    await store.close();
  });

  test("the owner's own client of either kind is used and left open", async () => {
    const other = createClient({ url: server.url });
    await other.connect();
    for (const own of [client, other]) {
      const store = openRedisStore({ client: own }, { namespace: 'own' });
      expect((await store?.reserve({ id: String(own === client), leaseMs: 60_000, lines: [line(1)] }))?.kind).toBe('reserved');
      await store?.close();
    }
    expect(await other.ping()).toBe('PONG');
    expect(await client.ping()).toBe('PONG');
    other.destroy();
  });

  test('scripts that the server forgot are sent again', async () => {
    const { store } = open('scripts');
    await store.reserve({ id: '1', leaseMs: 60_000, lines: [line(1)] });
    await client.script('FLUSH');
    expect((await store.reserve({ id: '2', leaseMs: 60_000, lines: [line(1)] })).kind).toBe('reserved');
    await store.close();
  });
});
