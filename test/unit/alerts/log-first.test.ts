import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import type { Redactor } from '../../../src/call/redactor.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { createAlerts } from '../../../src/runtime/alerts.ts';
import { crossing, type Receiver, startReceiver } from './receiver.ts';

let outbox: string;
let receiver: Receiver;
beforeEach(async () => {
  outbox = mkdtempSync(join(tmpdir(), 'purser-first-'));
  receiver = await startReceiver();
});
afterEach(async () => {
  await receiver.close();
  rmSync(outbox, { recursive: true, force: true });
});

test('the log and the metric come first, and also without a channel; then the letter, then the network', async () => {
  const letters = (): number => readdirSync(outbox, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json')).length;
  const order: string[] = [];
  const telemetry = {
    emit: () => order.push(`log, ${letters()} letters, ${receiver.received.length} requests`),
    meter: {
      add: (name: string, value: number, attributes?: object) => order.push(`${name} ${value} ${JSON.stringify(attributes)}, ${letters()} letters`),
      record: () => undefined,
      set: () => undefined,
    },
  };
  const redactor = { text: (text: string) => text } as Partial<Redactor> as Redactor;
  const channels = JSON.stringify([{ kind: 'webhook', url: receiver.url }]);
  const start = (env: Readonly<Record<string, string>>) =>
    createAlerts(loadConfig({ env: { PURSER_CONFIG: 'none', PURSER_ALERTS_OUTBOX: outbox, ...env }, cwd: outbox }).config, redactor, telemetry, systemClock);
  const raised = 'purser.alerts 1 {"purser.channel":"log","purser.result":"raised"}, 0 letters';
  start({}).emit(crossing(0.5, Date.now()));
  expect(order.splice(0)).toEqual(['log, 0 letters, 0 requests', raised]);
  const alerts = start({ PURSER_ALERTS_CHANNELS: channels });
  alerts.emit(crossing(0.8, Date.now()));
  expect(order.splice(0)).toEqual(['log, 0 letters, 0 requests', raised]);
  expect(letters()).toBe(1);
  await expect.poll(() => receiver.received.length).toBe(1);
  await expect.poll(() => order).toEqual(['purser.alerts 1 {"purser.channel":"webhook","purser.result":"delivered"}, 1 letters']);
  alerts.stop();
});

test('receivers are told which service an alert is of, as it is called now, and of which it says itself that it is', async () => {
  const redactor = { text: (text: string) => text.replace('key', 'no key') } as Partial<Redactor> as Redactor;
  const telemetry = { emit: () => undefined, meter: { add: () => undefined, record: () => undefined, set: () => undefined } };
  const channels = JSON.stringify([{ kind: 'webhook', url: receiver.url }]);
  const named = (service: string) =>
    loadConfig({
      env: { PURSER_CONFIG: 'none', PURSER_ALERTS_OUTBOX: outbox, PURSER_ALERTS_CHANNELS: channels, PURSER_SERVICE: service },
      cwd: outbox,
    }).config;
  const alerts = createAlerts(named('key-shop'), redactor, telemetry, systemClock);
  alerts.emit(crossing(0.5, Date.now()));
  alerts.reload(named('search'));
  alerts.emit(crossing(0.8, Date.now()));
  const about = crossing(1, Date.now());
  alerts.emit({ ...about, attributes: { ...about.attributes, 'purser.service': 'reports' } });
  await expect.poll(() => receiver.received.length).toBe(3);
  alerts.stop();
  const told = receiver.received.map(({ body }) => (body as { readonly data: { readonly attributes: Readonly<Record<string, unknown>> } }).data.attributes);
  expect(told.map((facts) => [facts['service.name'], facts['purser.service']])).toEqual([
    ['no key-shop', undefined],
    ['search', undefined],
    [undefined, 'reports'],
  ]);
});

test('what every process finds of the store by itself goes to the channels from one of them', async () => {
  const channels = JSON.stringify([{ kind: 'webhook', url: receiver.url }]);
  const env = { PURSER_CONFIG: 'none', PURSER_ALERTS_OUTBOX: outbox, PURSER_ALERTS_CHANNELS: channels };
  const redactor = { text: (text: string) => text } as Partial<Redactor> as Redactor;
  let logged = 0;
  const telemetry = { emit: () => (logged += 1), meter: { add: () => undefined, record: () => undefined, set: () => undefined } };
  const all = Array.from({ length: 4 }, () => createAlerts(loadConfig({ env, cwd: outbox }).config, redactor, telemetry, systemClock));
  const atMs = Date.now();
  for (const { emit } of all) emit({ ...crossing(0.5, atMs), name: 'purser.store.unavailable', severity: 'error', dedupeKey: 'redis/unavailable/1' });
  for (const { emit } of all) emit({ ...crossing(0.5, atMs), name: 'purser.store.unavailable', severity: 'error', dedupeKey: 'redis/unavailable/2' });
  expect(logged).toBe(8);
  await Promise.all(all.map((alerts) => alerts.flush(5000)));
  const ids = receiver.received.map(({ body }) => (body as { readonly data: { readonly id: string } }).data.id);
  expect(ids.toSorted()).toEqual(['redis/unavailable/1', 'redis/unavailable/2']);
  for (const alerts of all) alerts.stop();
});
