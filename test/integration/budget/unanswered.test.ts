/** A process that ends before its store has said whether a call may go: what was never sent is charged nothing and holds nothing, what was sent is charged. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { redisProgram, type RedisServer, requireAll, startRedis } from '../../contract/stores/redis-server.ts';
import { runPreloaded } from '../../support/preloaded.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { type SlowProxy, startSlowProxy } from './slow-proxy.ts';

const HOSTS = { '127.0.0.1': 'openai' };
const budgets = [{ id: 'all', unit: 'tokens', limit: 1_000_000, window: 'total', mode: 'enforce' }];
const limits = [{ id: 'places', unit: 'concurrency', limit: 3, maxWait: '10s' }];

// The first call connects, and the store says that it is there.
const FIRST = `await openai.chat.completions.create({ ...chat, max_tokens: 50 }, scripted({ in: 10, out: 7 }));
await new Promise((resolve) => setTimeout(resolve, 450));
`;
const UNSENT = `void openai.chat.completions.create({ ...chat, max_tokens: 50 }, scripted({ in: 10, out: 7 })).catch(() => {});
await new Promise((resolve) => setTimeout(resolve, 60));
`;
// Goes its way whatever is answered, and is answered itself before the store is.
const SENT = `const { request } = await import('undici');
const body = JSON.stringify({ ...chat, max_tokens: 50 });
const answer = await request(base + '/v1/chat/completions', { method: 'POST', headers: { 'content-type': 'application/json', authorization: 'Bearer local-test-key', 'x-local-in': '10', 'x-local-out': '9' }, body });
await answer.body.json();
`;
const ENDS = {
  'process.exit()': 'process.exit(0);',
  SIGTERM: `process.kill(process.pid, 'SIGTERM'); setTimeout(() => {}, 10_000);`,
} as const;

describe.skipIf(redisProgram === undefined && !requireAll)('over redis at 150 ms', () => {
  let server: RedisServer;
  let proxy: SlowProxy;
  beforeAll(async () => {
    server = await startRedis({ appendonly: true });
    proxy = await startSlowProxy(server.port, 150);
  });
  afterAll(async () => {
    await proxy?.close();
    await server?.stop();
  });

  const left = async (name: string, body: string): Promise<object> => {
    const file = join(scratchFolder(), 'purser.config.json');
    const store = { kind: 'redis', url: `redis://127.0.0.1:${proxy.port}`, namespace: name, timeout_ms: 5000 };
    writeFileSync(file, JSON.stringify({ budgets, limits, store, providers: { hosts: HOSTS } }));
    const ran = await runPreloaded(body, { PURSER_CONFIG: file, PURSER_SHUTDOWN_TIMEOUT_MS: '5000' });
    expect(ran.stderr).toBe('');
    const client = new Redis(server.url);
    const budget = await client.hgetall(`{purser:${name}}:b:all/@tokens`);
    const places = await client.hgetall(`{purser:${name}}:b:limit:places`);
    client.disconnect();
    return { charged: Number(budget['c0']), reserved: Number(budget['r0']), places: Number(places['r0'] ?? 0) };
  };

  describe.concurrent.each(Object.entries(ENDS))('when %s', (how, end) => {
    const name = how.replaceAll(/\W/g, '');

    test('a call that waits for the answer is charged nothing', { timeout: 30_000 }, async () => {
      expect(await left(`unsent-${name}`, FIRST + UNSENT + end)).toEqual({ charged: 17, reserved: 0, places: 0 });
    });

    test('a call that did not wait for it is charged what it used', { timeout: 30_000 }, async () => {
      expect(await left(`sent-${name}`, FIRST + SENT + end)).toEqual({ charged: 36, reserved: 0, places: 0 });
    });
  });
});
