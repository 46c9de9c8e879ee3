import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { PurserError } from '../../../src/call/errors.ts';
import { run } from '../../../src/cli/budgets.ts';
import { run as runOfConfig } from '../../../src/cli/budgets-of-config.ts';
import { parseBudgets } from '../../../src/policies/budget/parse-budgets.ts';
import { openJournalView } from '../../../src/stores/memory/journal-reader.ts';
import { MemoryStore } from '../../../src/stores/memory/memory-store.ts';
import { SqliteStore } from '../../../src/stores/sqlite/sqlite-store.ts';
import { callOf, completed, world } from './world.ts';

const raw = [
  { id: 'all', limit: 1, mode: 'enforce', window: 'total', reserve: 'worst_case' },
  { id: 'user', limit: '0.5', window: 'day', per: 'user', reserve: 'worst_case' },
];
const { budgets } = parseBudgets(raw);

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'purser-cli-'));
  path = join(directory, 'budgets.db');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const openSqlite = () => new SqliteStore({ path, durability: 'process' });

const purser = async (args: readonly string[], openStore: Parameters<typeof run>[2]['openStore'] = openSqlite) => {
  const out: string[] = [];
  const err: string[] = [];
  const code = await run(args, { stdout: (text) => out.push(text), stderr: (text) => err.push(text), cwd: directory }, { budgets, openStore });
  return { code, out: out.join(''), err: err.join('') };
};

const spend = async (): Promise<void> => {
  const { policy } = world(raw, { store: openSqlite(), clock: systemClock });
  const answer = await policy.admit(callOf({ labels: { user: 'alice' } }));
  if (answer.kind === 'admitted') await answer.grant.settle(completed(1000, 1000));
  await policy.admit(callOf({ labels: { user: 'bob' } }));
  await policy.stop();
};

test('show gives limit, spent, reserved, remaining and forecast of each budget and each value it is split by', async () => {
  await spend();
  const { code, out } = await purser([]);
  expect(code).toBe(0);
  const [head, all, alice, bob] = out
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/ {2,}/));
  expect(head).toEqual(['BUDGET', 'MODE', 'LIMIT', 'SPENT', 'RESERVED', 'REMAINING', 'USED', 'FORECAST', 'RESETS']);
  expect(all).toEqual(['all', 'enforce', '$1.00', '$0.0180', '$0.0180', '$0.9640', '1.8 %', '-', 'never']);
  expect(alice?.slice(0, 6)).toEqual(['user/alice', 'alert', '$0.5000', '$0.0180', '$0.00', '$0.4820']);
  expect(bob?.slice(0, 5)).toEqual(['user/bob', 'alert', '$0.5000', '$0.00', '$0.0180']);
});

test('of a budget that is split the fullest come first, and that there may be more than are shown is told', async () => {
  const store = new MemoryStore({ clock: systemClock });
  const { pass } = world(raw, { store, clock: systemClock });
  const users = Array.from({ length: 1000 }, (_, user) => `u${user}`);
  for (const user of [...users, 'u500']) void pass(callOf({ labels: { user } })).settle(completed(10, 10));
  const lines = (await purser([], () => store)).out.trimEnd().split('\n');
  expect(lines).toHaveLength(1 + 1 + 1000 + 1);
  expect([lines[1], lines[2], lines[3]].map((line) => line?.split(' ')[0])).toEqual(['all', 'user/u500', 'user/u0']);
  expect(lines.at(-1)).toBe('Of "user" 1000 keys are shown, and there may be more.');
});

test('show --json gives the same as data', async () => {
  await spend();
  const { out } = await purser(['show', '--json']);
  expect(JSON.parse(out)).toMatchObject([
    { key: 'all', limit: 1, spent: 0.018, reserved: 0.018, unit: 'usd' },
    { key: 'user/alice', spent: 0.018 },
    { key: 'user/bob', reserved: 0.018 },
  ]);
});

test('watch draws the table again and again', async () => {
  const { out } = await purser(['watch', '--every', '0.01', '--times', '3']);
  expect(out.match(/BUDGET/g)).toHaveLength(3);
});

test('set and reset change the store at once and keep who did it and when', async () => {
  await spend();
  expect((await purser(['set', 'all', '--limit', '2.50', '--by', 'ops'])).out).toMatch(/all: limit as configured -> \$2\.50, by ops\n$/);
  expect((await purser(['reset', 'user/alice', '--by', 'ops'])).out).toMatch(/user\/alice: spent \$0\.018 -> \$0\.00, by ops\n$/);
  const shown = JSON.parse((await purser(['show', '--json'])).out) as readonly { readonly key: string }[];
  expect(shown.find(({ key }) => key === 'all')).toMatchObject({ limit: 2.5, spent: 0.018 });
  expect(shown.find(({ key }) => key === 'user/alice')).toMatchObject({ spent: 0 });
  await purser(['set', 'all', '--limit', 'default']);
  const changes = (await purser(['changes'])).out.trimEnd().split('\n');
  expect(changes).toHaveLength(3);
  expect(changes[0]).toMatch(/^\d{4}-\d\d-\d\dT.* all: limit \$2\.50 -> as configured, by \S+@\S+$/);
});

test.each([
  [['set', 'all']],
  [['reset']],
  [['watch', '--every', '0']],
  [['show', 'more']],
  [['set', 'nobody', '--limit', '1']],
  [['set', 'all', '--limit', 'x']],
  [['frob']],
  [['--frob']],
])('%j is wrong use', async (args) => {
  await expect(purser(args)).rejects.toBeInstanceOf(PurserError);
});

test('a store that does not answer is a failure in words', async () => {
  writeFileSync(join(directory, 'a-file'), '');
  const { code, err } = await purser(['show'], () => new SqliteStore({ path: join(directory, 'a-file', 'budgets.db'), durability: 'process' }));
  expect(code).toBe(1);
  expect(err).toMatch(/^purser budgets: the store sqlite does not answer: /);
});

test('budgets in the memory of processes are shown from their journals, added up, and not changed', async () => {
  const journal = { directory, durability: 'process' as const };
  const workers = [1, 2].map(() => world(raw, { store: new MemoryStore({ clock: systemClock, journal }), clock: systemClock }));
  for (const worker of workers) void worker.pass(callOf({ labels: { user: 'alice' } })).settle(completed(1000, 1000));
  const view = () => openJournalView(directory, systemClock);
  expect((await purser([], view)).out).toContain('$0.0360');
  await expect(purser(['reset', 'all'], view)).rejects.toThrow('sqlite or redis');
  await Promise.all(workers.map(({ policy }) => policy.stop()));
});

test('a budget of one run of a process is shown with what that run spent', async () => {
  const ofRun = parseBudgets([{ id: 'once', limit: 1, window: 'run' }]).budgets;
  const { policy } = world([{ id: 'once', limit: 1, window: 'run' }], { store: openSqlite(), clock: systemClock });
  const answer = await policy.admit(callOf());
  if (answer.kind === 'admitted') await answer.grant.settle(completed(1000, 1000));
  await policy.stop();
  const out: string[] = [];
  await run([], { stdout: (text) => out.push(text), stderr: () => undefined, cwd: directory }, { budgets: ofRun, openStore: openSqlite });
  expect(out.join('')).toMatch(/once\/run-\w+-\w+ +alert +\$1\.00 +\$0\.0180/);
});

test('a window that rolls has no moment at which it resets, and without budgets there is nothing to show', async () => {
  const rolling = parseBudgets([{ id: 'roll', limit: 1, window: { kind: 'rolling', every: '24h' } }]).budgets;
  const shown = async (configs: typeof budgets) => {
    const out: string[] = [];
    await run([], { stdout: (text) => out.push(text), stderr: () => undefined, cwd: directory }, { budgets: configs, openStore: openSqlite });
    return out.join('');
  };
  expect(await shown(rolling)).toMatch(/^roll .* rolls$/m);
  expect(await shown([])).toBe('No budget is configured here.\n');
});

test.each([
  ['user', 'user/USER'],
  ['user/alice/search', 'user/USER'],
  ['all/alice', 'all'],
])('a key under which no call is counted cannot be changed: %s', async (key, wanted) => {
  for (const args of [
    ['set', key, '--limit', '2'],
    ['reset', key],
  ])
    await expect(purser(args)).rejects.toThrow(`KEY is ${key}, wanted ${wanted}`);
});

test('values may be written as calls have them, or as they are shown', async () => {
  const { policy, pass } = world(raw, { store: new MemoryStore({ clock: systemClock }), clock: systemClock });
  for (const user of ['a b@example.com', 'x'.repeat(200)]) void pass(callOf({ labels: { user } }));
  const shown = policy.listBudgets().flatMap(({ id, key }) => (id === 'user' ? [key] : []));
  for (const key of [...shown, 'user/a b@example.com', `user/${'x'.repeat(200)}`]) {
    const { out } = await purser(['set', key, '--limit', '2']);
    expect(shown).toContain(/ {2}(\S+): limit/.exec(out)?.[1]);
  }
});

test('where something is missing for Redis the command says what, and shows no budgets of its own', async () => {
  const io = {
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin,
    cwd: directory,
    env: { PURSER_STORE_KIND: 'redis', PURSER_STORE_PATH: path },
  };
  await expect((async () => runOfConfig([], io))()).rejects.toThrow('store.kind is redis, wanted store.url beside it');
  expect(existsSync(path)).toBe(false);
});
