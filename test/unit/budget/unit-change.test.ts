/** A budget whose unit is changed under the same id: what it spent in the old one says nothing in the new one. */
import { expect, test } from 'vitest';
import type { Call } from '../../../src/call/call.ts';
import { run } from '../../../src/cli/budgets.ts';
import { inspectBudgets } from '../../../src/policies/budget/inspect-budgets.ts';
import { parseBudgets } from '../../../src/policies/budget/parse-budgets.ts';
import { MemoryStore } from '../../../src/stores/memory/memory-store.ts';
import { callOf, completed, HandClock, world } from './world.ts';

const budget = (unit: string, limit: number | string, more: object = {}) => ({
  id: 'b',
  unit,
  limit,
  mode: 'enforce',
  window: 'month',
  reserve: 'worst_case',
  ...more,
});

test.each([
  ['requests', 10],
  ['tokens', '1M'],
])('dollars that were spent are not read as %s', (unit, limit) => {
  const clock = new HandClock();
  const store = new MemoryStore({ clock });
  void world([budget('usd', 5)], { store, clock })
    .pass()
    .settle(completed(1000, 1000));
  const after = world([budget(unit, limit)], { store, clock });
  after.pass();
  const again = world([budget('usd', 5)], { store, clock });
  again.pass();
  expect(again.spent('b')).toBe(0.018);
});

test('keys of dollars are the id and what it is split by; those of other units name the unit, in the store alone', () => {
  const clock = new HandClock();
  const store = new MemoryStore({ clock });
  const budgets = [
    { id: 'usd', limit: 5, per: 'user', mode: 'enforce' },
    { id: 'tok', unit: 'tokens', limit: '10k', per: 'user', mode: 'enforce' },
    { id: 'req', unit: 'requests', limit: 1, mode: 'enforce' },
  ];
  const { policy, pass, no } = world(budgets, { store, clock });
  const call = (): Call => callOf({ labels: { user: '@tokens' } });
  void pass(call()).settle(completed(1000, 1000));
  expect(['usd', 'tok', 'req'].flatMap((id) => store.keys(id))).toEqual(['usd/%40tokens', 'tok/@tokens/%40tokens', 'req/@requests']);
  expect(policy.listBudgets().map(({ key }) => key)).toEqual(['req', 'tok/%40tokens', 'usd/%40tokens']);
  const refusal = no(call());
  expect(refusal).toMatchObject({ rule: 'req', details: { key: 'req' } });
  expect(refusal.message).toContain('"req"');
});

test('a view shows the keys of the present unit alone', async () => {
  const clock = new HandClock();
  const store = new MemoryStore({ clock });
  for (const unit of ['usd', 'tokens', 'requests'])
    void world([budget(unit, '9000', { per: 'user' })], { store, clock })
      .pass(callOf({ labels: { user: 'alice' } }))
      .settle(completed(1000, 1000));
  const shown = async (unit: string) =>
    (await inspectBudgets(parseBudgets([budget(unit, '9000', { per: 'user' })]).budgets, store, clock)).map(({ key, spent }) => [key, spent]);
  expect(await shown('usd')).toEqual([['b/alice', 0.018]]);
  expect(await shown('tokens')).toEqual([['b/alice', 2000]]);
  expect(await shown('requests')).toEqual([['b/alice', 1]]);
});

test('a key may be given to the command with its unit or without', async () => {
  const clock = new HandClock(Date.now());
  const store = new MemoryStore({ clock });
  const { budgets } = parseBudgets([budget('tokens', '5k')]);
  const written: string[] = [];
  let configured = budgets;
  const purser = async (...args: readonly string[]): Promise<string> => {
    written.length = 0;
    const io = { stdout: (text: string) => written.push(text), stderr: (text: string) => written.push(text), cwd: '.' };
    await run(args, io, { budgets: configured, openStore: () => store });
    return written.join('');
  };
  expect(await purser('set', 'b', '--limit', '100', '--by', 'ops')).toMatch(/b\/@tokens: limit as configured -> 100 tokens, by ops/);
  expect(await purser('set', 'b/@tokens', '--spent', '70', '--by', 'ops')).toMatch(/b\/@tokens: spent 0 tokens -> 70 tokens, by ops/);
  const shown: unknown = JSON.parse(await purser('show', '--json'));
  expect(shown).toMatchObject([{ key: 'b', limit: 100, spent: 70 }]);
  expect(shown).toHaveLength(1);
  expect(JSON.parse(await purser('changes', '--json'))).toHaveLength(2);
  configured = parseBudgets([budget('usd', '5')]).budgets;
  expect(JSON.parse(await purser('changes', '--json'))).toEqual([]);
});
