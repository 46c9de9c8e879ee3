import { expect, test } from 'vitest';
import { parseBudgets } from '../../../src/policies/budget/parse-budgets.ts';
import { callOf, completed, ended, failed, usageOf, world } from './world.ts';

// One call of the world reserves 1,000 tokens in at $3 and 1,000 out at $15 per million: $0.018, or $0.021 with the dearest way to write input.
const enforce = { id: 'b', limit: '0.036', mode: 'enforce', window: 'day', reserve: 'worst_case' };

const unknown = () => callOf({ request: { model: 'nobody-knows', maxTokens: 1000, promptChars: 936 } });

test('a call outside every match is none of our business', () => {
  const { policy } = world([{ ...enforce, match: { team: 'search' } }]);
  expect(policy.admit(callOf()).valueOf()).toEqual({ kind: 'indifferent' });
});

test('calls in flight hold the budget, and a settled one frees what it did not use', async () => {
  const { pass, no, spent } = world([{ ...enforce, limit: '0.04' }]);
  const first = pass();
  pass();
  const refusal = no();
  expect(refusal.code).toBe('budget_in_flight');
  expect(refusal.details).toMatchObject({ limit: 0.04, spent: 0, reserved: 0.036, needed: 0.018 });
  await first.settle(completed(100, 100));
  expect(spent('b')).toBeCloseTo(0.0018, 9);
  pass();
  expect(no().code).toBe('budget_in_flight');
});

test('a refusal names the moment at which the budget starts over', () => {
  const { pass, no } = world([{ ...enforce, limit: '0.02', window: { every: 'day', tz: 'Europe/Berlin' } }]);
  void pass().settle(completed(1000, 1000));
  const refusal = no();
  expect(refusal.code).toBe('budget_exhausted');
  expect(refusal.retryAtMs).toBe(Date.UTC(2026, 10, 20, 23));
  expect(refusal.details).toMatchObject({ resetsAt: '2026-11-20T23:00:00.000Z' });
  expect(refusal.message).toBe('The budget "b" is used up: $0.018 of $0.02 spent, resets at 2026-11-20T23:00:00.000Z. This call needs up to $0.018.');
});

test('a refusal says nothing of a moment at which a budget without an end starts over', () => {
  const { pass, no } = world([{ ...enforce, limit: '0.02', window: { kind: 'total' } }]);
  void pass().settle(completed(1000, 1000));
  expect(no().message).toBe('The budget "b" is used up: $0.018 of $0.02 spent. This call needs up to $0.018.');
});

test('a call that alone may pass the limit is told so and given no time to come back', () => {
  const { no } = world([{ ...enforce, limit: '0.01' }]);
  const refusal = no();
  expect(refusal.code).toBe('request_exceeds_budget');
  expect(refusal.retryAtMs).toBeUndefined();
});

test('a settlement is charged past the limit', () => {
  const { pass, spent } = world([enforce]);
  void pass().settle(completed(10_000, 10_000));
  expect(spent('b')).toBeCloseTo(0.18, 9);
});

test('a call settles once', () => {
  const { pass, spent } = world([enforce]);
  const grant = pass();
  void grant.settle(completed(1000, 1000));
  void grant.settle(completed(1000, 1000));
  expect(spent('b')).toBeCloseTo(0.018, 9);
});

test('missing usage keeps what was reserved', () => {
  const { pass, spent } = world([enforce]);
  void pass().settle(ended('completed'));
  expect(spent('b')).toBeCloseTo(0.018, 9);
});

test('usage that says zero is taken at its word', () => {
  const { pass, spent } = world([enforce]);
  void pass().settle(completed(0, 0));
  expect(spent('b')).toBe(0);
});

test.each([
  ['an answer 429', failed(429), 0],
  ['an answer 400', failed(400), 0],
  ['an overloaded provider', failed(529), 0],
  ['a refused connection', failed(undefined, 'ECONNREFUSED'), 0],
  ['a timeout', failed(undefined, 'ETIMEDOUT'), 0.018],
  ['an answer 500', failed(500), 0.018],
  ['a timeout and then an answer 429', failed(429, '429', ['ETIMEDOUT']), 0.018],
  ['two timeouts', failed(undefined, 'ETIMEDOUT', ['ETIMEDOUT']), 0.036],
])('%s', (_, outcome, amount) => {
  const { pass, spent } = world([enforce]);
  void pass().settle(outcome);
  expect(spent('b')).toBeCloseTo(amount, 9);
});

test('a cancelled stream is charged for what was seen and what may have run ahead, not for what its first event claims', () => {
  const { pass, spent } = world([enforce]);
  const grant = pass(callOf({ request: { model: 'big', maxTokens: 1000, promptChars: 936, stream: true } }));
  void grant.progress?.(usageOf(1000, 500));
  void grant.settle(ended('cancelled', usageOf(1000, 1)));
  expect(spent('b')).toBeCloseTo((1000 * 3 + 756 * 15) / 1e6, 9);
});

test('all budgets of a call reserve, or none does', () => {
  const { pass, no, policy } = world([
    { ...enforce, id: 'wide', limit: 10 },
    { ...enforce, id: 'tight', limit: '0.02' },
  ]);
  pass();
  expect(no().rule).toBe('tight');
  const wide = policy.listBudgets().find((budget) => budget.id === 'wide');
  expect(wide?.reserved).toBeCloseTo(0.018, 9);
});

test('a budget in the shadow or in alert mode refuses nothing and says what it would have refused', () => {
  const { pass, counts } = world([
    { ...enforce, id: 'shadow', mode: 'shadow', limit: '0.02' },
    { ...enforce, id: 'alert', mode: 'alert', limit: '0.02' },
  ]);
  pass();
  const grant = pass();
  expect(grant.marks).toEqual({ 'purser.budget.would_refuse': 'shadow' });
  expect(counts.get('purser.policy.decisions{would_refuse}')).toBe(2);
});

test('a budget that is off counts nothing', () => {
  const { policy } = world([{ ...enforce, mode: 'off' }]);
  expect(policy.admit(callOf()).valueOf()).toEqual({ kind: 'indifferent' });
});

test('a budget for each user keeps them apart, and calls without a user share one', () => {
  const { pass, no } = world([{ ...enforce, per: 'user', limit: '0.02' }]);
  pass(callOf({ labels: { user: 'a/b c' } }));
  expect(no(callOf({ labels: { user: 'a/b c' } })).details['key']).toBe('b/a%2Fb%20c');
  pass(callOf({ labels: { user: 'other' } }));
  pass();
  expect(no().details['key']).toBe('b/-');
});

test('tokens and requests are budgets too', () => {
  const { pass, no, spent } = world([
    { id: 'tokens', unit: 'tokens', limit: '5k', mode: 'enforce', reserve: 'worst_case' },
    { id: 'requests', unit: 'requests', limit: 3, mode: 'enforce' },
  ]);
  void pass().settle(completed(10, 20));
  void pass().settle(failed(429));
  void pass().settle(completed(1, 1));
  expect(spent('tokens')).toBe(32);
  expect(spent('requests')).toBe(3);
  expect(no().rule).toBe('requests');
});

test('a new window starts empty, and a call of the old one stays charged there', () => {
  const { pass, clock, policy } = world([enforce]);
  const old = pass();
  clock.now += 86_400_000;
  void pass().settle(completed(1000, 0));
  expect(policy.listBudgets()[0]).toMatchObject({ spent: 0.003, reserved: 0 });
  void old.settle(completed(1000, 1000));
  void pass().settle(completed(1000, 0));
  expect(policy.listBudgets()[0]).toMatchObject({ spent: 0.006, reserved: 0 });
});

test('each threshold is told once for each window, with a key that says which', () => {
  const { pass, events, clock } = world([{ ...enforce, mode: 'alert', thresholds: [0.5, '80%', 1] }]);
  for (let call = 0; call < 4; call += 1) void pass().settle(completed(1000, 1000));
  expect(events.map((event) => event.dedupeKey)).toEqual([0.5, 0.8, 1].map((share) => `b/${Date.UTC(2026, 10, 20)}/0.036/${share}`));
  expect(events[0]).toMatchObject({ name: 'purser.budget.threshold', severity: 'warning' });
  clock.now += 86_400_000;
  void pass().settle(completed(1000, 1000));
  expect(events.at(-1)?.dedupeKey).toBe(`b/${Date.UTC(2026, 10, 21)}/0.036/0.5`);
});

test('the first refusal of a window is told once', () => {
  const { pass, no, events } = world([{ ...enforce, limit: '0.02' }]);
  void pass().settle(completed(1000, 1000));
  no();
  no();
  expect(events.filter((event) => event.name === 'purser.budget.exhausted')).toHaveLength(1);
});

test('an unknown price is blocked, taken at the ceiling or let through, as the owner says', () => {
  const blocked = world([{ ...enforce, onUnknownPrice: 'block' }]).no(unknown());
  expect(blocked).toMatchObject({ code: 'request_exceeds_budget', details: { reason: 'unknown_price' } });
  const ceiling = world([{ ...enforce, limit: 1, ceilingUsdPerMillion: 100 }]);
  void ceiling.pass(unknown()).settle(completed(1, 1, 'nobody-knows'));
  expect(ceiling.spent('b')).toBeCloseTo(0.2, 9);
  const allow = world([{ ...enforce, on_unknown_price: 'allow' }]);
  void allow.pass(unknown()).settle(completed(1, 1, 'nobody-knows'));
  expect(allow.spent('b')).toBe(0);
});

test('gauges follow what the budgets stand at', () => {
  const { pass, policy, gauges } = world([enforce]);
  void pass().settle(completed(1000, 1000));
  pass();
  policy.publish();
  expect(gauges.get('purser.budget.committed{b}')).toBe(0.018);
  expect(gauges.get('purser.budget.reserved{b}')).toBe(0.018);
  expect(gauges.get('purser.budget.limit{b}')).toBe(0.036);
  expect(gauges.get('purser.budget.window.duration{b}')).toBe(86_400);
});

test('a call that generates nothing holds nothing, and is charged only what it is billed', () => {
  const { pass, spent } = world([{ ...enforce, limit: '0.01', onUnknownPrice: 'block' }]);
  for (const operation of ['count_tokens', 'moderation', 'fetch_response', 'other'] as const) {
    void pass(callOf({ operation, request: { model: 'nobody-knows' } })).settle(ended('completed'));
  }
  expect(spent('b')).toBe(0);
  void pass(callOf({ operation: 'fetch_response' })).settle(completed(100, 100));
  expect(spent('b')).toBeCloseTo(0.0018, 9);
});

test('other budgets take the place of those in force, and what was spent stays', () => {
  const { pass, no, policy, spent } = world([enforce]);
  void pass().settle(completed(1000, 1000));
  policy.setBudgets(parseBudgets([{ ...enforce, limit: '0.02' }]).budgets);
  expect(no().details).toMatchObject({ limit: 0.02, spent: 0.018 });
  policy.setBudgets(parseBudgets([{ ...enforce, limit: 1 }]).budgets);
  pass();
  expect(spent('b')).toBe(0.018);
});

test.each([
  ['24h', '24 h'],
  ['1m', '60 s'],
  ['90m', '90 min'],
  ['7d', '7 d'],
])('an alert about a budget over %s that rolls says over which time, and no moment at which it would start over', (every, said) => {
  const { pass, events, policy } = world([{ id: 'b', unit: 'requests', limit: 2, window: { kind: 'rolling', every, buckets: 7 }, thresholds: [1] }]);
  for (let call = 0; call < 2; call += 1) void pass().settle(completed(1, 1));
  expect(events.map(({ message }) => message)).toEqual([`The budget "b" has passed 100 % of its limit: 2 requests of 2 requests spent in the last ${said}.`]);
  expect(policy.listBudgets()[0]).toMatchObject({ rolls: true });
});

test('a rolling budget says when enough of its window will have lapsed, and there is room then and not before', () => {
  const { pass, no, clock } = world([{ id: 'b', unit: 'requests', limit: 2, mode: 'enforce', window: { kind: 'rolling', every: '20m', buckets: 20 } }]);
  void pass().settle(completed(1, 1));
  clock.now += 5 * 60_000;
  void pass().settle(completed(1, 1));
  clock.now += 60_000;
  const { retryAtMs = 0, details } = no();
  expect(details['resetsAtMs']).toBe(retryAtMs);
  clock.now = retryAtMs - 1;
  expect(no().code).toBe('budget_exhausted');
  clock.now = retryAtMs;
  pass();
});

test('a budget over all stays in sight however many users there are beside it', () => {
  const { pass, policy, gauges } = world([
    { id: 'all', limit: 10_000, mode: 'enforce' },
    { id: 'user', limit: 10, per: 'user', mode: 'enforce' },
  ]);
  for (let user = 0; user < 999; user += 1) void pass(callOf({ labels: { user: `u${user}` } })).settle(completed(10, 10));
  void pass(callOf({ labels: { user: 'u999' } }));
  policy.publish();
  expect(policy.listBudgets().map(({ key }) => key)).toEqual(expect.arrayContaining(['all', 'user/u999']));
  expect(policy.listBudgets()).toHaveLength(1_000);
  expect(gauges.get('purser.budget.limit{all}')).toBe(10_000);
});
