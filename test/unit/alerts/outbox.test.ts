/** The outbox on disk between processes that die, sleep and want different channels. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Outbox } from '../../../src/alerts/outbox.ts';
import { crossing } from './receiver.ts';

const SLEEP_MS = 61_000;
let directory: string;
let nowMs: number;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'purser-outbox-'));
  nowMs = Date.now();
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const all = (): boolean => true;
const letters = (): number => readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json')).length;

test('a process that slept so long that another took its letters has a folder again, and what it still holds is on disk', () => {
  const sleeper = new Outbox(directory);
  sleeper.adopt(nowMs, [], all);
  const held = [sleeper.add('hook', crossing(0.5, nowMs)), sleeper.add('hook', crossing(0.8, nowMs))];
  const other = new Outbox(directory);
  const taken = other.adopt(nowMs + SLEEP_MS, [], all);
  expect(taken.map(({ alert }) => alert.dedupeKey)).toEqual(held.map(({ alert }) => alert.dedupeKey));
  expect(held.some(({ path = '' }) => existsSync(path))).toBe(false);
  // It raises an alert before it looks around.
  const late = sleeper.add('hook', crossing(1, nowMs));
  expect(existsSync(late.path ?? '')).toBe(true);
  sleeper.adopt(nowMs + SLEEP_MS, [...held, late], all);
  expect(held.map(({ path = '' }) => existsSync(path))).toEqual([true, true]);
  for (const letter of [...taken, ...held, late]) (letter === late || held.includes(letter) ? sleeper : other).remove(letter);
  expect(letters()).toBe(0);
});

test('a process that slept goes on when it looks around first, and when the whole folder was tidied away', () => {
  const sleeper = new Outbox(directory);
  const held = sleeper.add('hook', crossing(0.5, nowMs));
  rmSync(directory, { recursive: true });
  expect(sleeper.adopt(nowMs, [held], all)).toEqual([]);
  expect(existsSync(held.path ?? '')).toBe(true);
  rmSync(directory, { recursive: true });
  sleeper.activate(held, nowMs + 1000);
  expect(existsSync(held.path ?? '')).toBe(true);
  rmSync(directory, { recursive: true });
  sleeper.remove(held);
  sleeper.close();
});

test('letters of channels that a process does not have are left to those that have them', () => {
  const dead = new Outbox(directory);
  dead.add('pager', crossing(0.5, nowMs));
  dead.add('chat', crossing(0.5, nowMs + 1));
  dead.add('pager', crossing(0.8, nowMs + 2));
  dead.close();
  const only = (channel: string, process: Outbox): readonly string[] =>
    process.adopt(nowMs, [], (name) => name === channel).map(({ channel: name, alert }) => `${name} ${alert.dedupeKey.split('/').at(-1) ?? ''}`);
  const [chat, pager] = [new Outbox(directory), new Outbox(directory)];
  expect(only('mail', new Outbox(directory))).toEqual([]);
  expect(only('chat', chat)).toEqual(['chat 0.5']);
  expect(only('pager', pager)).toEqual(['pager 0.5', 'pager 0.8']);
  expect(letters()).toBe(3);
  expect(only('pager', new Outbox(directory))).toEqual([]);
});
