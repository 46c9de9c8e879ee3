/** Real apps with Purser preloaded: their ledger against the provider's bill and the budget's store, their alerts against a receiver. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LedgerRecord } from '../../../src/ledger/ledger-record.ts';
import { readLedger } from '../../../src/ledger/read-ledger.ts';
import { SqliteStore } from '../../../src/stores/sqlite/sqlite-store.ts';
import { type LocalProvider, startLocalProvider } from '../../support/local-provider/start.ts';
import { type Receiver, startReceiver } from '../../unit/alerts/receiver.ts';

const ROOT = join(import.meta.dirname, '../../..');
const NODE = join(ROOT, 'node_modules/.bin/node');

let provider: LocalProvider;
let directory: string;
beforeEach(async () => {
  provider = await startLocalProvider();
  directory = mkdtempSync(join(tmpdir(), 'purser-apps-'));
});
afterEach(async () => {
  await provider.close();
  rmSync(directory, { recursive: true, force: true });
});

const ledgerPath = (): string => join(directory, 'ledger');

interface App {
  readonly child: ChildProcess;
  readonly answered: () => number;
  readonly ended: Promise<{ readonly code: number | null; readonly err: string }>;
}

const start = (calls: number, config: object): App => {
  const file = join(directory, 'purser.config.json');
  writeFileSync(file, JSON.stringify({ ledger: { path: ledgerPath() }, providers: { hosts: { [new URL(provider.url).host]: 'openai' } }, ...config }));
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = spawn(NODE, ['--import', join(ROOT, 'dist/register.js'), join(import.meta.dirname, 'app.mjs'), provider.url, String(calls)], {
    cwd: ROOT,
    env: { ...env, HOOK_SECRET: 'not so secret', PURSER_CONFIG: file, OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => (out += String(chunk)));
  child.stderr.on('data', (chunk) => (err += String(chunk)));
  const ended = new Promise<{ code: number | null; err: string }>((resolve) => child.on('close', (code) => resolve({ code, err })));
  return { child, answered: () => out.length, ended };
};

const records = () => {
  const found: LedgerRecord[] = [];
  const notes = { files: 0, unreadable: 0 };
  readLedger(ledgerPath(), { sinceMs: 0, untilMs: Number.POSITIVE_INFINITY }, notes, (record) => found.push(record));
  const sum = (of: (record: LedgerRecord) => number | undefined): number => found.reduce((total, record) => total + (of(record) ?? 0), 0);
  const tokens = {
    cached: sum(({ usage }) => usage?.cacheRead),
    input: sum(({ usage }) => (usage?.input ?? 0) + (usage?.cacheRead ?? 0)),
    output: sum(({ usage }) => usage?.output),
  };
  return { found, notes, tokens, nano: sum(({ nano }) => nano), ids: new Set(found.map(({ id }) => id)) };
};

test('the ledger of apps that end by themselves holds every call of the bill, token by token', async () => {
  const apps = [start(40, {}), start(40, {})];
  for (const { code, err } of await Promise.all(apps.map(({ ended }) => ended))) expect({ code, err }).toEqual({ code: 0, err: '' });
  const { found, ids, tokens, nano } = records();
  expect(found).toHaveLength(80);
  expect(ids.size).toBe(80);
  expect(provider.bill().tokens).toMatchObject(tokens);
  expect(nano).toBeGreaterThan(0);
}, 60_000);

test('an app that is killed has in its ledger every call whose answer it had, and no half line stands in the way of others', async () => {
  const app = start(100_000, {});
  await expect.poll(app.answered, { timeout: 30_000 }).toBeGreaterThan(50);
  app.child.kill('SIGKILL');
  await app.ended;
  const { found, ids, notes } = records();
  expect(ids.size).toBe(found.length);
  expect(found.length).toBeGreaterThanOrEqual(app.answered());
  expect(found.length).toBeLessThanOrEqual(provider.bill().answered);
  expect(notes.unreadable).toBeLessThanOrEqual(1);
}, 60_000);

describe('over a store that eight processes share', () => {
  let receiver: Receiver;
  beforeEach(async () => {
    receiver = await startReceiver();
  });
  afterEach(() => receiver.close());

  const budget = { id: 'daily', unit: 'usd', limit: '0.015', window: { kind: 'total' }, mode: 'alert', thresholds: [0.5, 0.8, 1] };
  const storePath = (): string => join(directory, 'budgets.sqlite');
  const config = () => ({
    budgets: [budget],
    // A machine under load must not look like a store that is away.
    store: { kind: 'sqlite', path: storePath(), timeout_ms: '20s' },
    alerts: { channels: [{ kind: 'webhook', url: receiver.url, secret: '${HOOK_SECRET}' }], outbox: join(directory, 'outbox') },
  });
  const committed = async (): Promise<number> => {
    const store = new SqliteStore({ path: storePath(), durability: 'process' });
    const slots = { kind: 'fixed', candidates: [{ startMs: 0, endMs: 8_640_000_000_000_000 }] } as const;
    const [state] = await store.read([{ key: 'daily', slots, limit: 1 }]);
    await store.close();
    return state?.committed ?? -1;
  };

  test('eight processes cross thresholds together: each is delivered once, and ledger, store and bill agree to the nano-dollar', async () => {
    let seen = 0;
    const taken: string[] = [];
    receiver.answer = (response, { headers }) => {
      seen += 1;
      // The receiver is not well at first.
      if (seen === 1) response.writeHead(429, { 'retry-after': '1' }).end();
      else if (seen === 2) response.writeHead(500).end();
      else {
        taken.push(String(headers['webhook-id']));
        response.end();
      }
    };
    const apps = Array.from({ length: 8 }, () => start(20, config()));
    for (const { code, err } of await Promise.all(apps.map(({ ended }) => ended)))
      expect({ code, err: err.replaceAll(/^.*alert channel.*\n/gm, '') }).toEqual({ code: 0, err: '' });
    // What the first ones left when they ended, the next one delivers.
    await start(1, config()).ended;
    const { found, tokens, nano } = records();
    expect(found).toHaveLength(161);
    expect(provider.bill().tokens).toMatchObject(tokens);
    expect(await committed()).toBe(nano);
    expect(nano).toBeGreaterThan(15_000_000);
    expect([...taken].sort()).toEqual(['daily%2F0%2F0.015%2F0.5', 'daily%2F0%2F0.015%2F0.8', 'daily%2F0%2F0.015%2F1']);
  }, 120_000);
});
