import { expect, test } from 'vitest';
import { parseLimits } from '../../../src/policies/limits/parse-limits.ts';

test('the least that a limit needs is an id and a number of requests; the rest has defaults', () => {
  expect(parseLimits([{ id: 'all', limit: 500 }])).toEqual({
    problems: [],
    limits: [
      {
        id: 'all',
        match: {},
        per: [],
        unit: 'requests',
        limit: 500,
        windowMs: 60_000,
        mode: 'enforce',
        maxWaitMs: 0,
        maxQueue: 1000,
        fair: 'user',
        reserve: 'expected',
        onStoreUnavailable: 'local',
        leaseMs: 15_000,
      },
    ],
  });
});

test('calls in flight have no window and wait ten seconds', () => {
  const { limits, problems } = parseLimits([{ id: 'slots', unit: 'concurrency', limit: 8, per: ['provider', 'model'], fair: 'tag:job' }]);
  expect(problems).toEqual([]);
  expect(limits[0]).toMatchObject({ windowMs: undefined, maxWaitMs: 10_000, per: ['provider', 'model'], fair: 'tag:job' });
});

test('windows and waits are words and lengths, keys may be in snake_case', () => {
  const of = (raw: object) => parseLimits([{ id: 'a', limit: '200k', unit: 'tokens', ...raw }]).limits[0];
  expect(of({ window: 'hour' })).toMatchObject({ windowMs: 3_600_000, limit: 200_000 });
  expect(of({ window: '10s', max_wait: '1.5s' })).toMatchObject({ windowMs: 10_000, maxWaitMs: 1500 });
  expect(of({ maxWait: 0, on_store_unavailable: 'block', reserve: 'worst_case' })).toMatchObject({
    maxWaitMs: 0,
    onStoreUnavailable: 'block',
    reserve: 'worst_case',
  });
  expect(of({ lease: '1m', max_queue: 5 })).toMatchObject({ leaseMs: 60_000, maxQueue: 5 });
});

test.each([
  [{ limit: 5 }, 'limits[0].id', 'nothing', 'up to 100 letters, digits, ".", "_" and "-"'],
  [{ id: 'a:b', limit: 5 }, 'limits[0].id', '"a:b"', 'up to 100 letters, digits, ".", "_" and "-"'],
  [{ id: 'a', limit: 0 }, 'limits[0].limit', '0', 'a whole number above 0, such as 500 or 200k'],
  [{ id: 'a', limit: 5, unit: 'usd' }, 'limits[0].unit', '"usd"', 'requests | tokens | concurrency'],
  [{ id: 'a', limit: 5, window: '100ms' }, 'limits[0].window', '"100ms"', 'second | minute | hour | day, or a length such as 10s, from 1s to 1d'],
  [{ id: 'a', limit: 5, window: 'constructor' }, 'limits[0].window', '"constructor"', 'second | minute | hour | day, or a length such as 10s, from 1s to 1d'],
  [{ id: 'a', limit: 5, unit: 'concurrency', window: 'minute' }, 'limits[0].window', '"minute"', 'nothing, since calls in flight have no window'],
  [{ id: 'a', limit: 5, maxWait: '1h' }, 'limits[0].maxWait', '"1h"', 'a length such as 500ms or 10s, at most 10m; 0 refuses at once'],
  [{ id: 'a', limit: 5, fair: 'users' }, 'limits[0].fair', '"users"', 'one of provider, model, service, environment, user, team, tenant, feature, tag:<name>'],
  [
    { id: 'a', limit: 5, per: 'users' },
    'limits[0].per',
    '"users"',
    'one or more of provider, model, service, environment, user, team, tenant, feature, tag:<name>',
  ],
  [{ id: 'a', limit: 5, mode: 'alert' }, 'limits[0].mode', '"alert"', 'off | shadow | enforce'],
  [{ id: 'a', limit: 5, lease: '1ms' }, 'limits[0].lease', '"1ms"', 'a length from 1s to 1h'],
  [{ id: 'a', limit: 5, rpm: 3 }, 'limits[0].rpm', '3', 'no such key'],
  ['a', 'limits[0]', '"a"', 'a record with id, unit, limit and more'],
])('%j is left out, and the error names the key, the value seen and the value wanted', (raw, path, seen, wanted) => {
  expect(parseLimits([raw, { id: 'good', limit: 1 }])).toMatchObject({ problems: [{ path, seen, wanted }], limits: [{ id: 'good' }] });
});

test('two limits cannot have one id, and what is no list is said to be none', () => {
  expect(
    parseLimits([
      { id: 'a', limit: 1 },
      { id: 'a', limit: 2 },
    ]),
  ).toMatchObject({ limits: [{ limit: 1 }], problems: [{ path: 'limits[1].id', wanted: 'an id that no other limit has' }] });
  expect(parseLimits({ id: 'a' }).problems).toEqual([{ path: 'limits', seen: '{"id":"a"}', wanted: 'a list of limits' }]);
  expect(parseLimits(undefined)).toEqual({ limits: [], problems: [] });
});
