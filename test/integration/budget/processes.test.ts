/** Budgets in real child processes: what they print, whether they end, what they leave behind. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { redisProgram, requireAll, startRedis } from '../../contract/stores/redis-server.ts';

const dist = fileURLToPath(new URL('../../../dist/', import.meta.url));
const line = `{ key: 'b', slots: { kind: 'fixed', candidates: [{ startMs: 0, endMs: 8.64e15 }] }, limit: 1000, amount: 10, enforce: true, thresholds: [] }`;

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'purser-processes-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const runNode = (script: string, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<Ran> =>
  new Promise((resolve) => {
    const options = { timeout: 15_000, env: { PATH: process.env['PATH'] ?? '', ...env } };
    const child = execFile(process.execPath, [...args, '--input-type=module', '--eval', script], options, (_, stdout, stderr) => {
      resolve({ code: child.exitCode, stdout, stderr });
    });
  });

const sqliteScript = (name: string): string => `
  const { SqliteStore } = await import('${dist}stores/sqlite/sqlite-store.js');
  const store = new SqliteStore({ path: '${join(directory, name)}', durability: 'process' });
  const answer = await store.reserve({ id: 'x', leaseMs: 60000, lines: [${line}] });
  process.stdout.write(answer.kind);`;

test('a process that used the sqlite store ends by itself, and prints nothing of its own', async () => {
  expect(await runNode(sqliteScript('end.db'))).toEqual({ code: 0, stdout: 'reserved', stderr: '' });
});

test("the store's thread does not start what the app preloads", async () => {
  const preload = join(directory, 'preload.cjs');
  const { writeFileSync } = await import('node:fs');
  writeFileSync(preload, `process.stdout.write('loaded ');`);
  const viaFlag = await runNode(sqliteScript('flag.db'), ['--require', preload]);
  expect(viaFlag.stdout).toBe('loaded reserved');
  const viaEnv = await runNode(sqliteScript('env.db'), [], { NODE_OPTIONS: `--require ${preload}` });
  expect(viaEnv.stdout).toBe('loaded reserved');
});

test.skipIf(redisProgram === undefined && !requireAll)('a process that used the redis store ends by itself, without closing it', async () => {
  const server = await startRedis();
  const script = `
    const { openRedisStore } = await import('${dist}stores/redis/open-redis.js');
    const store = openRedisStore({ url: '${server.url}' });
    const answer = await store.reserve({ id: 'x', leaseMs: 60000, lines: [${line}] });
    process.stdout.write(answer.kind);`;
  const ran = await runNode(script);
  await server.stop();
  expect(ran).toEqual({ code: 0, stdout: 'reserved', stderr: '' });
});

test('a redis server that is not there fails operations, prints nothing and does not hold the process', async () => {
  const script = `
    const { openRedisStore } = await import('${dist}stores/redis/open-redis.js');
    const store = openRedisStore({ url: 'redis://127.0.0.1:1' }, { timeoutMs: 300 });
    await store.reserve({ id: 'x', leaseMs: 60000, lines: [${line}] }).catch((error) => process.stdout.write('failed'));
    await store.close();`;
  expect(await runNode(script)).toEqual({ code: 0, stdout: 'failed', stderr: '' });
});

test('a policy with calls in flight does not hold the process', async () => {
  const script = `
    const { createBudgetPolicy } = await import('${dist}policies/budget/budget-policy.js');
    const { parseBudgets } = await import('${dist}policies/budget/parse-budgets.js');
    const { MemoryStore } = await import('${dist}stores/memory/memory-store.js');
    const clock = { nowMs: Date.now, monotonicMs: () => performance.now() };
    const { budgets } = parseBudgets([{ id: 'b', unit: 'requests', limit: 5, mode: 'enforce' }]);
    const meter = { add() {}, record() {}, set() {} };
    const policy = createBudgetPolicy({ budgets, store: new MemoryStore({ clock, journal: { directory: '${directory}/journal', durability: 'process' } }), price: () => ({ kind: 'unpriced' }), meter, emit() {}, clock });
    const answer = policy.admit({ id: '1', operation: 'chat', provider: 'p', labels: {}, request: { model: 'm', stream: true }, startedAt: 0 });
    process.stdout.write(answer.kind);`;
  expect(await runNode(script)).toEqual({ code: 0, stdout: 'admitted', stderr: '' });
});

test('waiting for another process that holds the file does not hold the event loop', async () => {
  const path = join(directory, 'busy.db');
  const { DatabaseSync } = await import('node:sqlite');
  const { SqliteStore } = await import('../../../src/stores/sqlite/sqlite-store.ts');
  const store = new SqliteStore({ path, durability: 'process' });
  const lines = [
    { key: 'b', slots: { kind: 'fixed' as const, candidates: [{ startMs: 0, endMs: 8.64e15 }] }, limit: 100, amount: 1, enforce: true, thresholds: [] },
  ];
  await store.reserve({ id: '1', leaseMs: 60_000, lines });
  const other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  const waiting = store.reserve({ id: '2', leaseMs: 60_000, lines });
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 5);
  await new Promise((resolve) => {
    setTimeout(resolve, 300);
  });
  clearInterval(timer);
  other.exec('COMMIT');
  expect((await waiting).kind).toBe('reserved');
  expect(turns).toBeGreaterThan(10);
  other.close();
  await store.close();
});

test('a redis server that stays away does not hold the process', async () => {
  const script = `
    const { openRedisStore } = await import('${dist}stores/redis/open-redis.js');
    const store = openRedisStore({ url: 'redis://127.0.0.1:1' }, { timeoutMs: 300 });
    await store.reserve({ id: 'x', leaseMs: 60000, lines: [${line}] }).catch(() => process.stdout.write('failed'));
    void store.settle({ id: 'x', lines: [] }).catch(() => undefined);`;
  const began = performance.now();
  expect(await runNode(script)).toEqual({ code: 0, stdout: 'failed', stderr: '' });
  expect(performance.now() - began).toBeLessThan(4000);
});
