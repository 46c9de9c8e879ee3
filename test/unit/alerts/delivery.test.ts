/** Alerts on their way: once, in their order, through a receiver that is down, a restart and a full disk. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AlertHub, createAlertHub } from '../../../src/alerts/alert-hub.ts';
import { backoffMs } from '../../../src/alerts/backoff.ts';
import { parseChannels } from '../../../src/alerts/parse-channels.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { crossing, type Receiver, startReceiver } from './receiver.ts';
import { Counts, VirtualTime } from './world.ts';

const NOW = 1_763_640_000_000;
const HOUR_MS = 3_600_000;
let receiver: Receiver;
let outbox: string;
let time: VirtualTime;
let counts: Counts;
const hubs: AlertHub[] = [];

beforeEach(async () => {
  receiver = await startReceiver();
  outbox = mkdtempSync(join(tmpdir(), 'purser-outbox-'));
  time = new VirtualTime(NOW);
  counts = new Counts();
});
afterEach(async () => {
  for (const hub of hubs.splice(0)) hub.stop();
  await receiver.close();
  rmSync(outbox, { recursive: true, force: true });
});

const channels = (raw: readonly Readonly<Record<string, unknown>>[]) =>
  parseChannels(raw, { nowMs: () => time.nowMs, service: 'shop' }).channels.map((settings) => time.watch(settings));

const open = (raw: Readonly<Record<string, unknown>> = { kind: 'webhook', url: receiver.url }, folder = outbox): AlertHub => {
  const hub = createAlertHub({
    channels: channels([raw]),
    outbox: folder,
    maxAgeMs: 24 * HOUR_MS,
    clock: time.clock,
    meter: counts.meter,
    clean: (event) => event,
    later: time.later,
    chance: () => 0.5,
  });
  hubs.push(hub);
  return hub;
};

const idsOf = (received: readonly { readonly headers: Record<string, unknown> }[]): readonly string[] =>
  received.map(({ headers }) => String(headers['webhook-id']));
const files = (): readonly string[] => readdirSync(outbox, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));

test('a receiver that is down for ten minutes gets every alert exactly once, in order, when it is back', async () => {
  const downUntil = NOW + 600_000;
  const taken: string[] = [];
  let tries = 0;
  receiver.answer = (response, { headers }) => {
    if (time.nowMs >= downUntil) {
      taken.push(String(headers['webhook-id']));
      response.end('ok');
      return;
    }
    tries += 1;
    if (tries % 4 === 1) response.writeHead(429, { 'retry-after': '20' }).end();
    else if (tries % 4 === 2) response.writeHead(500).end('oops');
    else if (tries % 4 === 3) response.socket?.end('garbage that is no HTTP\r\n\r\n');
    else response.socket?.destroy();
  };
  const hub = open();
  const alerts = [0.5, 0.8, 1].flatMap((threshold, at) => [
    crossing(threshold, NOW + at * 100_000, 'daily'),
    crossing(threshold, NOW + at * 100_000 + 1, 'monthly'),
  ]);
  for (const alert of alerts) {
    await time.pass(alert.atMs - time.nowMs);
    hub.emit(alert);
    hub.emit(alert);
  }
  await time.pass(downUntil - time.nowMs);
  expect(taken).toEqual([]);
  await time.pass(600_000);
  expect(taken).toEqual(alerts.map(({ dedupeKey }) => encodeURIComponent(dedupeKey)));
  // Ten minutes of half to whole doubling steps up to five minutes: a receiver in trouble is left alone.
  expect(tries).toBeLessThan(20);
  expect(counts.counts).toMatchObject({ 'purser.alerts webhook delivered': 6, 'purser.alerts.outbox webhook': 0 });
  expect(files()).toEqual([]);
});

test('what a dead process left is delivered by the next one, once, before its own', async () => {
  receiver.answer = (response) => void response.writeHead(503).end();
  const first = open();
  first.emit(crossing(0.5, NOW));
  first.emit(crossing(0.8, NOW + 1));
  await time.pass(2_000);
  expect(files()).toHaveLength(2);
  first.stop();
  receiver.answer = (response) => void response.end('ok');
  receiver.received.length = 0;
  time.nowMs += 61_000;
  open();
  open();
  await time.pass(1_000);
  expect(idsOf(receiver.received)).toEqual(['daily%2F1763596800000%2F0.5', 'daily%2F1763596800000%2F0.8']);
  expect(files()).toEqual([]);
});

test('the alerts of a process that lives are left to it', async () => {
  receiver.answer = (response) => void response.writeHead(503).end();
  open().emit(crossing(0.5, NOW));
  await time.pass(50_000);
  receiver.received.length = 0;
  open({ kind: 'webhook', url: `${receiver.url}/other` });
  await time.pass(120_000);
  expect(receiver.received.map(({ path }) => path)).not.toContain('/other');
});

test('an alert that only the receiver dislikes is put aside, and those behind it go out', async () => {
  receiver.answer = (response, { text }) => void response.writeHead(text.includes('0.5') ? 400 : 200).end();
  const hub = open();
  hub.emit(crossing(0.5, NOW));
  hub.emit(crossing(0.8, NOW + 1));
  await time.pass(60_000);
  expect(counts.counts).toMatchObject({ 'purser.alerts webhook dead': 1, 'purser.alerts webhook delivered': 1 });
  expect(files()).toEqual([expect.stringMatching(/^dead\/.*\.webhook\.json$/)]);
});

test('an alert that is too old is put aside', async () => {
  receiver.answer = (response) => void response.writeHead(500).end();
  open().emit(crossing(0.5, NOW));
  await time.pass(25 * HOUR_MS);
  expect(counts.counts).toMatchObject({ 'purser.alerts webhook dead': 1, 'purser.alerts.outbox webhook': 0 });
});

test('Alertmanager is told again every minute until the window ends, also by the process that takes over', async () => {
  time.nowMs = 1_763_683_200_000 - 10 * 60_000;
  const raw = { kind: 'alertmanager', url: receiver.url };
  const first = open(raw);
  first.emit(crossing(1, time.nowMs));
  await time.pass(3 * 60_000 + 1);
  expect(receiver.received).toHaveLength(4);
  first.stop();
  open(raw);
  await time.pass(3 * 60_000);
  expect(receiver.received.length).toBeGreaterThanOrEqual(6);
  await time.pass(10 * 60_000);
  const total = receiver.received.length;
  await time.pass(10 * 60_000);
  expect(receiver.received).toHaveLength(total);
  expect(files()).toEqual([]);
});

test('a channel gets what it asked for', async () => {
  const hub = open({ kind: 'webhook', url: receiver.url, severity: 'error', events: ['purser.budget.*'] });
  hub.emit(crossing(0.5, NOW));
  hub.emit({ ...crossing(1, NOW), name: 'purser.store.data_lost', dedupeKey: 'store' });
  hub.emit(crossing(1, NOW));
  await time.pass(0);
  expect(idsOf(receiver.received)).toEqual(['daily%2F1763596800000%2F1']);
});

test('alerts go out although their folder cannot be written', async () => {
  const inTheWay = join(outbox, 'file');
  writeFileSync(inTheWay, '');
  const hub = open(undefined, inTheWay);
  hub.emit(crossing(0.5, NOW));
  await time.pass(0);
  expect(receiver.received).toHaveLength(1);
});

test('letters that are no letters hurt nobody', async () => {
  const dead = join(outbox, 'somewhere.999999999.00000000');
  mkdirSync(dead, { recursive: true });
  writeFileSync(join(dead, '1-1.webhook.json'), '{"alert":');
  writeFileSync(join(dead, '1-2.webhook.json'), '[]');
  utimesSync(dead, 0, 0);
  open();
  await time.pass(1);
  expect(receiver.received).toEqual([]);
});

test('other channels take over at a reload, and what waited for a channel of the same name is sent once', async () => {
  receiver.answer = (response) => void response.writeHead(500).end();
  const hub = open();
  hub.emit(crossing(0.5, NOW));
  await time.pass(0);
  receiver.received.length = 0;
  receiver.answer = (response) => void response.end('ok');
  hub.setChannels(channels([{ kind: 'webhook', url: `${receiver.url}/new` }]));
  await time.pass(60_000);
  expect(receiver.received.map(({ path }) => path)).toEqual(['/new']);
});

test('a channel that is renamed and renamed back gets what waited for it, and one that stays away has it put aside when it is too old', async () => {
  receiver.answer = (response) => void response.writeHead(500).end();
  const raw = { kind: 'webhook', url: receiver.url };
  const hub = open(raw);
  hub.emit(crossing(0.5, NOW));
  await time.pass(0);
  receiver.answer = (response) => void response.end('ok');
  receiver.received.length = 0;
  hub.setChannels(channels([{ ...raw, name: 'other' }]));
  await time.pass(60_000);
  expect(receiver.received).toEqual([]);
  hub.setChannels(channels([raw]));
  await time.pass(60_000);
  expect(idsOf(receiver.received)).toEqual(['daily%2F1763596800000%2F0.5']);
  expect(files()).toEqual([]);
  receiver.answer = (response) => void response.writeHead(500).end();
  hub.emit(crossing(0.8, time.nowMs));
  await time.pass(0);
  hub.setChannels([]);
  await time.pass(25 * HOUR_MS);
  expect(files()).toEqual([expect.stringMatching(/^dead\/.*\.webhook\.json$/)]);
});

test('what a dead process left for a channel that this one does not have stays, until it is too old', async () => {
  receiver.answer = (response) => void response.writeHead(500).end();
  const first = open();
  first.emit(crossing(0.5, NOW));
  await time.pass(0);
  first.stop();
  receiver.received.length = 0;
  open({ kind: 'webhook', name: 'other', url: receiver.url });
  await time.pass(2 * HOUR_MS);
  expect(receiver.received).toEqual([]);
  expect(files()).toEqual([expect.stringMatching(/\.webhook\.json$/)]);
  expect(files()).not.toEqual([expect.stringContaining('dead')]);
  await time.pass(23 * HOUR_MS);
  expect(files()).toEqual([expect.stringMatching(/^dead\/.*\.webhook\.json$/)]);
});

test('the wait doubles, is spread by chance, has a bound, and is never below what the receiver asked for', () => {
  const most = 24 * HOUR_MS;
  expect([1, 2, 3].map((failures) => backoffMs(failures, undefined, 1, most))).toEqual([1000, 2000, 4000]);
  expect(backoffMs(3, undefined, 0, most)).toBe(2000);
  expect(backoffMs(60, undefined, 1, most)).toBe(300_000);
  expect(backoffMs(1, 90_000, 0, most)).toBe(90_000);
});

test('a receiver that asks for days, or for ever, is believed an hour, and never so long that the alert is given up', () => {
  expect([3e9, 1e15, Number.POSITIVE_INFINITY].map((asked) => backoffMs(1, asked, 0, 24 * HOUR_MS))).toEqual([HOUR_MS, HOUR_MS, HOUR_MS]);
  expect(backoffMs(1, 3e9, 0, 600_000)).toBe(300_000);
});

test.each(['2592000', '1e999', 'Fri, 31 Dec 9999 23:59:59 GMT'])('Retry-After: %s stops tries for now, also with real timers', async (header) => {
  let tries = 0;
  receiver.answer = (response) => {
    tries += 1;
    response.writeHead(429, { 'retry-after': header }).end();
  };
  const [channel] = parseChannels([{ kind: 'webhook', url: receiver.url }], { nowMs: Date.now, service: undefined }).channels;
  if (channel === undefined) throw new Error('no channel');
  const maxAgeMs = 400 * 24 * HOUR_MS;
  const hub = createAlertHub({ channels: [channel], outbox, maxAgeMs, clock: systemClock, meter: counts.meter, clean: (event) => event });
  hubs.push(hub);
  hub.emit(crossing(0.5, Date.now()));
  await expect.poll(() => tries).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(tries).toBe(1);
});
