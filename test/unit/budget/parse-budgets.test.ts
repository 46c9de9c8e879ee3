import { expect, test } from 'vitest';
import { formatAmount, parseAmount } from '../../../src/policies/budget/amount.ts';
import { parseBudgets } from '../../../src/policies/budget/parse-budgets.ts';

test.each([0, '0', '$0.00'])('a limit of %j is one', (limit) => {
  expect(parseBudgets([{ id: 'b', limit }])).toMatchObject({ budgets: [{ limit }], problems: [] });
});

test('the least that a budget needs is an id and a limit', () => {
  const { budgets, problems } = parseBudgets([{ id: 'all', limit: '20' }]);
  expect(problems).toEqual([]);
  expect(budgets[0]).toEqual({
    id: 'all',
    match: {},
    per: [],
    unit: 'usd',
    limit: '20',
    window: { kind: 'calendar', every: 'month', tz: 'UTC', anchorDay: 1 },
    thresholds: [0.5, 0.8, 1],
    mode: 'alert',
    action: { kind: 'block' },
    reserve: { kind: 'quantile', quantile: 0.99, nonStreaming: 'worst_case' },
    onUnknownPrice: 'ceiling',
    ceilingUsdPerMillion: 75,
    onStoreUnavailable: 'allow',
    localShare: 0.02,
    assumeMaxTokens: undefined,
    attempts: 1,
    leaseMs: 120_000,
  });
});

test('keys may be in snake_case, and every part has its long form', () => {
  const { budgets, problems } = parseBudgets([
    {
      id: 'team',
      limit: '2M',
      unit: 'tokens',
      match: { provider: 'openai', model: ['gpt-*', 'o3'], tag: { job: 'nightly' } },
      per: ['user', 'tag:job'],
      window: { kind: 'rolling', every: '24h', buckets: 24 },
      thresholds: ['90%', 0.5],
      mode: 'enforce',
      action: { kind: 'clamp', min_tokens: 100 },
      reserve: 'quantile(0.95)',
      on_unknown_price: 'block',
      on_store_unavailable: 'local',
      local_share: 0.1,
      lease_ms: 5000,
      description: 'the nightly jobs',
    },
  ]);
  expect(problems).toEqual([]);
  expect(budgets[0]).toMatchObject({
    match: { provider: ['openai'], model: ['gpt-*', 'o3'], tag: { job: ['nightly'] } },
    per: ['user', 'tag:job'],
    window: { kind: 'rolling', everyMs: 86_400_000, buckets: 24 },
    thresholds: [0.5, 0.9],
    action: { kind: 'clamp', minTokens: 100 },
    reserve: { kind: 'quantile', quantile: 0.95, nonStreaming: 'worst_case' },
    onUnknownPrice: 'block',
    onStoreUnavailable: 'local',
    localShare: 0.1,
    leaseMs: 5000,
  });
});

test('an enforced budget blocks when its store is away, unless its owner says otherwise', () => {
  expect(parseBudgets([{ id: 'b', limit: 1, mode: 'enforce' }]).budgets[0]?.onStoreUnavailable).toBe('block');
});

test.each([
  [{ limit: 1 }, 'budgets[0].id', 'nothing'],
  [{ id: 'a b', limit: 1 }, 'budgets[0].id', '"a b"'],
  [{ id: 'b' }, 'budgets[0].limit', 'nothing'],
  [{ id: 'b', limit: '-3' }, 'budgets[0].limit', '"-3"'],
  [{ id: 'b', limit: 1, unit: 'euros' }, 'budgets[0].unit', '"euros"'],
  [{ id: 'b', limit: 1, mode: 'on' }, 'budgets[0].mode', '"on"'],
  [{ id: 'b', limit: 1, window: 'fortnight' }, 'budgets[0].window', '"fortnight"'],
  [{ id: 'b', limit: 1, window: { every: 'day', tz: 'Mars/Olympus' } }, 'budgets[0].window.tz', '"Mars/Olympus"'],
  [{ id: 'b', limit: 1, window: { kind: 'rolling', every: '10s' } }, 'budgets[0].window.every', '"10s"'],
  [{ id: 'b', limit: 1, match: { teem: 'x' } }, 'budgets[0].match.teem', '"x"'],
  [{ id: 'b', limit: 1, per: 'shoe' }, 'budgets[0].per', '"shoe"'],
  [{ id: 'b', limit: 1, thresholds: [0] }, 'budgets[0].thresholds', '[0]'],
  [{ id: 'b', limit: 1, action: 'downgrade' }, 'budgets[0].action.models', 'nothing'],
  [{ id: 'b', limit: 1, reserve: 'some' }, 'budgets[0].reserve', '"some"'],
  [{ id: 'b', limit: 1, lmit: 2 }, 'budgets[0].lmit', '2'],
  ['b', 'budgets[0]', '"b"'],
])('%j is left out, with words that say where and what', (raw, path, seen) => {
  const { budgets, problems } = parseBudgets([raw, { id: 'good', limit: 1 }]);
  expect(problems[0]).toMatchObject({ path, seen });
  expect(problems[0]?.wanted).not.toBe('');
  expect(budgets.map((budget) => budget.id)).toEqual(['good']);
});

test('of two budgets with one id the first is kept', () => {
  const { budgets, problems } = parseBudgets([
    { id: 'b', limit: 1 },
    { id: 'b', limit: 2 },
  ]);
  expect(budgets.map((budget) => budget.limit)).toEqual([1]);
  expect(problems[0]?.path).toBe('budgets[1].id');
});

test('anything but a list is one problem', () => {
  expect(parseBudgets({ id: 'b' }).problems[0]?.path).toBe('budgets');
  expect(parseBudgets(undefined)).toEqual({ budgets: [], problems: [] });
});

test('dollars are read digit by digit', () => {
  expect(parseAmount('usd', '0.000000001')).toBe(1);
  expect(parseAmount('usd', 0.1)).toBe(100_000_000);
  expect(parseAmount('usd', '$1234567.89')).toBe(1_234_567_890_000_000);
  expect(parseAmount('usd', '1e3')).toBeUndefined();
  expect(parseAmount('usd', '0.0000000001')).toBeUndefined();
  expect(parseAmount('tokens', '1.1M')).toBe(1_100_000);
  expect(formatAmount('usd', 1_500_000_000)).toBe('$1.50');
  expect(formatAmount('usd', -1)).toBe('-$0.000000001');
});

test.each([
  ['1.5', undefined],
  ['0.4', undefined],
  ['2.5k', 2500],
  ['1,5M', undefined],
  ['1,500,000', 1_500_000],
  ['1_500_000', 1_500_000],
])('%j tokens are %j: a part of one is none, and a comma parts thousands', (text, amount) => {
  expect(parseAmount('tokens', text)).toBe(amount);
});

test('a slip of the pen in an action or a reservation is named, as anywhere else', () => {
  const { problems } = parseBudgets([
    { id: 'a', limit: 1, action: { kind: 'throttle', maxwait: '60s' } },
    { id: 'b', limit: 1, reserve: { kind: 'quantile', quantil: 0.5 } },
    { id: 'c', limit: 1, reserve: { kind: 'quantile', non_streaming: 'quantil' } },
  ]);
  expect(problems).toEqual([
    { path: 'budgets[0].action.maxwait', seen: '"60s"', wanted: 'no such key' },
    { path: 'budgets[1].reserve.quantil', seen: '0.5', wanted: 'no such key' },
    { path: 'budgets[2].reserve.nonStreaming', seen: '"quantil"', wanted: 'worst_case | quantile' },
  ]);
});
