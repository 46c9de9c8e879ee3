/** What alerts that go out are called: the keys of budgets and the names of models may be people and secrets. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import type { GovernanceEvent } from '../../../src/call/event.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { createRedactor } from '../../../src/redaction/redactor.ts';
import { type Alerts, createAlerts, outboxPath } from '../../../src/runtime/alerts.ts';
import { crossing, type Receiver, startReceiver } from './receiver.ts';

let outbox: string;
let receiver: Receiver;
let alerts: Alerts | undefined;
beforeEach(async () => {
  outbox = mkdtempSync(join(tmpdir(), 'purser-keys-'));
  receiver = await startReceiver();
});
afterEach(async () => {
  alerts?.stop();
  await receiver.close();
  rmSync(outbox, { recursive: true, force: true });
});

const configOf = (env: Readonly<Record<string, string>>) => loadConfig({ env: { PURSER_CONFIG: 'none', ...env }, cwd: outbox }).config;

const start = (channels: readonly object[], service = 'shop'): Alerts => {
  const config = configOf({
    PURSER_ALERTS_OUTBOX: outbox,
    PURSER_ALERTS_CHANNELS: JSON.stringify(channels),
    OTEL_SERVICE_NAME: service,
    PAGER_KEY: 'r',
    SLACK_URL: receiver.url,
  });
  const redactor = createRedactor({ modes: {} });
  const meter = { add: () => undefined, record: () => undefined, set: () => undefined };
  alerts = createAlerts(config, redactor, { meter, emit: () => undefined }, systemClock);
  return alerts;
};

const onDisk = (): string =>
  readdirSync(outbox, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .map((name) => readFileSync(join(outbox, name), 'utf8'))
    .join('\n');

const keyed = (key: string): GovernanceEvent => ({ ...crossing(0.8, Date.now()), dedupeKey: key });
const ids = (): readonly string[] => receiver.received.map(({ headers }) => String(headers['webhook-id']));

const SECRET = `sk-proj-${'a1B2c3D4e5'.repeat(5)}`;

test.each([
  ['an address', 'per-user/alice@example.org/1763596800000/0.8', 'alice'],
  ['an address as budgets write it', 'per-user/alice%40example.org/1763596800000/0.8', 'alice'],
  ['a key in the place of a model', `unpriced/openai/${SECRET}/unknown_model/20412`, SECRET],
])('%s in the name of an alert stays here: in no letter, in nothing that is sent', async (_, key, hidden) => {
  receiver.answer = (response) => void response.writeHead(503).end();
  const names = ['webhook', 'pagerduty', 'slack'];
  start([
    { kind: 'webhook', url: receiver.url },
    { kind: 'pagerduty', routing_key: 'r', url: receiver.url },
    { kind: 'slack', url: receiver.url, template: '{key}' },
  ]).emit(keyed(key));
  await expect.poll(() => receiver.received.length).toBe(names.length);
  expect(onDisk().match(/"dedupeKey":"sha256-[0-9a-f]{32}"/g)).toHaveLength(names.length);
  const [, digest = 'none'] = /"dedupeKey":"(sha256-[0-9a-f]{32})"/.exec(onDisk()) ?? [];
  expect(receiver.received.filter(({ text }) => text.includes(digest))).toHaveLength(names.length);
  expect(ids()).toContain(digest);
  const seen = `${onDisk()}${JSON.stringify(receiver.received)}`;
  expect(seen).not.toContain(hidden);
});

test('the same alert keeps its name, those of two users have two, and what holds nobody is left readable', async () => {
  const keys = [
    'u/alice%40example.org/1763596800000/1',
    'u/bob%40example.org/1763596800000/1',
    'u/u-17/1763596800000/1',
    'unpriced/openai/gpt-5.2/unknown_model/20412',
  ];
  const run = async (): Promise<readonly string[]> => {
    receiver.received.length = 0;
    const started = start([{ kind: 'webhook', url: receiver.url }]);
    for (const key of keys) started.emit(keyed(key));
    await expect.poll(() => receiver.received.length).toBe(keys.length);
    started.stop();
    return ids();
  };
  const first = await run();
  expect(await run()).toEqual(first);
  expect(new Set(first).size).toBe(4);
  expect(first.slice(2)).toEqual(keys.slice(2).map((key) => encodeURIComponent(key)));
});

test('the service in the labels of Alertmanager is clean', async () => {
  start([{ kind: 'alertmanager', url: receiver.url }], 'shop of carol@example.org').emit(crossing(0.8, Date.now()));
  await expect.poll(() => receiver.received.length).toBe(1);
  expect(receiver.received[0]?.body).toMatchObject([{ labels: { service: expect.stringContaining('shop of ') as string } }]);
  expect(receiver.received[0]?.text).not.toContain('carol');
});

test('each service has an outbox of its own where none is named, below the folder of the user', () => {
  const pathOf = (service?: string): string => outboxPath(configOf(service === undefined ? {} : { OTEL_SERVICE_NAME: service }));
  const services = [undefined, 'shop', 'search', 'a/b', 'a_b', '../../etc', `${'x'.repeat(300)}1`, `${'x'.repeat(300)}2`];
  const paths = services.map(pathOf);
  expect(new Set(paths).size).toBe(services.length);
  const base = join(tmpdir(), `purser-${process.getuid?.() ?? 'user'}`, 'alerts');
  for (const path of paths) expect(path.slice(base.length)).toMatch(/^\/purser[\w.-]{0,90}$/);
  expect(paths.slice(0, 2)).toEqual([join(base, 'purser'), join(base, 'purser-shop')]);
  expect(outboxPath(configOf({ PURSER_ALERTS_OUTBOX: '/var/lib/x', OTEL_SERVICE_NAME: 'shop' }))).toBe('/var/lib/x');
});
