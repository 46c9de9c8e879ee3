/** What budgets were charged when a process ended while its store was slow: the same as the ledger says, or it is counted and said. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { redisProgram, type RedisServer, requireAll, startRedis } from '../../contract/stores/redis-server.ts';
import { purser } from '../cli/purser.ts';
import { runPreloaded } from '../../support/preloaded.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { type SlowProxy, startSlowProxy } from './slow-proxy.ts';

const CALLS = 6;
const BODY = `
const calls = Array.from({ length: ${CALLS} }, (_, at) =>
  openai.chat.completions.create({ ...chat, max_tokens: 500 }, scripted({ in: 100 + at, out: 40 + at })));
await Promise.all(calls);
const stream = await anthropic.messages.create({ ...message, model: 'claude-haiku-4-5', stream: true }, scripted({ in: 77, out: 33 }));
for await (const _ of stream);
`;
const ENDS = {
  'the script returns': '',
  'process.exit()': 'process.exit(0);',
  SIGTERM: `process.kill(process.pid, 'SIGTERM'); setTimeout(() => {}, 10_000);`,
} as const;

// Who stands behind the local provider's paths.
const HOSTS = { '127.0.0.1/v1/messages': 'anthropic', '127.0.0.1': 'openai' };

// So many that any settlement passes one, also the last, which may be answered after the process stopped to listen.
const LIMIT = 0.05;
const THRESHOLDS = Array.from({ length: 16 }, (_, at) => (at + 1) / 100);

const configOf = (folder: string, store: object): string => {
  const file = join(folder, 'purser.config.json');
  const budgets = [{ id: 'all', limit: LIMIT, window: 'total', thresholds: THRESHOLDS }];
  writeFileSync(file, JSON.stringify({ budgets, store, providers: { hosts: HOSTS }, ledger: { path: join(folder, 'ledger') } }));
  return file;
};

/** The thresholds that were told of, in the file of what is exported. */
const told = (raw: string): readonly number[] =>
  raw
    .split('\n')
    .filter((line) => line.includes('"purser.budget.threshold"'))
    .map((line) => (JSON.parse(line) as { readonly attributes: Readonly<Record<string, number>> }).attributes['purser.budget.threshold'] ?? 0)
    .toSorted((one, other) => one - other);

/** Those that what was spent has passed. */
const passed = (nano: number): readonly number[] => THRESHOLDS.filter((share) => nano >= LIMIT * share * 1e9);

/** What the calls cost by the ledger, in nano-dollars. */
const ledgerNano = (folder: string): number =>
  readdirSync(join(folder, 'ledger'))
    .flatMap((name) => readFileSync(join(folder, 'ledger', name), 'utf8').split('\n'))
    .filter((line) => line.startsWith('{"t"'))
    .reduce((sum, line) => sum + (JSON.parse(line) as { readonly nano: number }).nano, 0);

const sqliteNano = (path: string): number => {
  const database = new DatabaseSync(path);
  const row = database.prepare(`SELECT sum(committed) AS committed, sum(reserved) AS reserved FROM cells WHERE key = 'all'`).get();
  database.close();
  expect(row?.['reserved']).toBe(0);
  return Number(row?.['committed']);
};

describe.skipIf(redisProgram === undefined && !requireAll)('redis at 250 ms', () => {
  let server: RedisServer;
  let proxy: SlowProxy;
  beforeAll(async () => {
    server = await startRedis({ appendonly: true });
    proxy = await startSlowProxy(server.port, 250);
  });
  afterAll(async () => {
    await proxy?.close();
    await server?.stop();
  });

  for (const [how, end] of Object.entries(ENDS)) {
    test(`store and ledger agree when ${how}`, { timeout: 30_000 }, async () => {
      const folder = scratchFolder();
      const namespace = `drain-${how.replaceAll(/\W/g, '')}`;
      const store = { kind: 'redis', url: `redis://127.0.0.1:${proxy.port}`, namespace };
      const ran = await runPreloaded(BODY + end, { PURSER_CONFIG: configOf(folder, store), PURSER_SHUTDOWN_TIMEOUT_MS: '5000' });
      // It answers later than a call waits for it, which is said; of settlements there is nothing to say.
      expect(ran.stderr.replace(/^purser: the redis store of the budgets does not answer \(.*no answer within 250 ms\): .*\n/, '')).toBe('');
      const client = new Redis(server.url);
      const fields = await client.hgetall(`{purser:${namespace}}:b:all`);
      client.disconnect();
      expect(ledgerNano(folder)).toBeGreaterThan(0);
      expect({ committed: Number(fields['c0']), reserved: Number(fields['r0'] ?? 0) }).toEqual({ committed: ledgerNano(folder), reserved: 0 });
      expect(told(ran.raw)).toEqual(passed(ledgerNano(folder)));
    });
  }

  test('who looks at budgets waits longer for a slow store than a call does', { timeout: 30_000 }, async () => {
    const folder = scratchFolder();
    const file = configOf(folder, { kind: 'redis', url: `redis://127.0.0.1:${proxy.port}`, namespace: 'looked-at' });
    expect(await purser(['budgets'], { PURSER_CONFIG: file }, folder)).toMatchObject({ code: 0, stdout: expect.stringContaining('all') as string, stderr: '' });
  });
});

for (const [how, end] of Object.entries(ENDS)) {
  test(`sqlite: store and ledger agree when ${how}`, { timeout: 30_000 }, async () => {
    const folder = scratchFolder();
    const path = join(folder, 'budgets.sqlite');
    const ran = await runPreloaded(BODY + end, { PURSER_CONFIG: configOf(folder, { kind: 'sqlite' }), PURSER_STORE_PATH: path });
    expect(ran.stderr).toBe('');
    expect(ledgerNano(folder)).toBeGreaterThan(0);
    expect(sqliteNano(path)).toBe(ledgerNano(folder));
    expect(told(ran.raw)).toEqual(passed(ledgerNano(folder)));
  });
}

test('alerts of what is settled while Purser is stopped are kept for the next process', { timeout: 30_000 }, async () => {
  const folder = scratchFolder();
  const file = configOf(folder, { kind: 'sqlite' });
  const alerts = { outbox: join(folder, 'outbox'), channels: [{ kind: 'webhook', url: 'http://127.0.0.1:1' }] };
  writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), alerts }));
  const index = new URL('../../../dist/index.js', import.meta.url).href;
  await runPreloaded(`${BODY}const { start } = await import('${index}'); await start().stop();`, {
    PURSER_CONFIG: file,
    PURSER_STORE_PATH: join(folder, 'budgets.sqlite'),
  });
  const letters = readdirSync(join(folder, 'outbox'), { recursive: true }).filter((name) => String(name).endsWith('.webhook.json'));
  expect(letters).toHaveLength(passed(ledgerNano(folder)).length);
});

test.each(Object.entries(ENDS))('what a store that is away was not told is said, and the process ends, when %s', { timeout: 30_000 }, async (_, end) => {
  const folder = scratchFolder();
  const store = { kind: 'redis', url: 'redis://127.0.0.1:1' };
  const ran = await runPreloaded(BODY + end, { PURSER_CONFIG: configOf(folder, store), PURSER_SHUTDOWN_TIMEOUT_MS: '1000' });
  expect(ran.stderr).toMatch(
    /^purser: the redis store of the budgets does not answer \(.+\): .*\npurser: 7 settlements of budgets could not be written to the redis store in time: lost if the process ends now\n$/,
  );
});

test('a file that is no database is named on stderr as the reason why calls are refused', { timeout: 30_000 }, async () => {
  const folder = scratchFolder();
  const path = join(folder, 'budgets.sqlite');
  writeFileSync(path, 'no database '.repeat(1000));
  const ran = await runPreloaded(BODY, { PURSER_CONFIG: configOf(folder, { kind: 'sqlite' }), PURSER_STORE_PATH: path });
  expect(ran.stderr).toContain('purser: the sqlite store of the budgets does not answer (ERR_SQLITE_ERROR: file is not a database)');
});
