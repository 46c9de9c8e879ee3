/** Retries inside the SDK: what is charged for them, and what is held for them. A call of the world holds $0.018. */
import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../../src/call/outcome.ts';
import { callOf, completed, failed, usageOf, world } from './world.ts';

const budget = { id: 'b', limit: '0.060', mode: 'enforce', window: 'total', reserve: 'worst_case' };

/** A call that came through in the end, after attempts that ended so. */
const after = (...attempts: readonly (number | string)[]): Outcome => ({ ...completed(100, 100), attempts: failed(200, '200', attempts).attempts });
const ALONE = (100 * 3 + 100 * 15) / 1e6;

describe('what is charged', () => {
  test.each([
    ['nothing for attempts that were refused: 429, 503, no connection', [429, 503, 'ECONNREFUSED'], ALONE],
    ['a whole call for each whose fate is unknown: a timeout, a 500', ['TimeoutError', 500], ALONE + 2 * 0.018],
  ] as const)('%s', (_, attempts, charged) => {
    const { pass, spent } = world([{ ...budget, limit: 1 }]);
    void pass().settle(after(...attempts));
    expect(spent('b')).toBeCloseTo(charged, 9);
  });

  test('a budget of requests counts each attempt', () => {
    const { pass, spent } = world([{ ...budget, unit: 'requests', limit: 10 }]);
    void pass().settle(after(429, 'TimeoutError'));
    expect(spent('b')).toBe(3);
  });

  test('the last attempt of a call that failed in a way that tells nothing is a whole one, and those before it too', () => {
    const { pass, spent } = world([{ ...budget, limit: 1 }]);
    void pass().settle(failed(undefined, 'TimeoutError', ['TimeoutError', 'TimeoutError']));
    expect(spent('b')).toBeCloseTo(3 * 0.018, 9);
  });
});

test.each([
  ['nothing where the last attempt was refused', [429], 0],
  ['what is held where nobody knows what became of it', ['AbortError'], 0.018],
  ['a whole call for the one before it whose fate is unknown', [500, 503], 0.018],
] as const)('a call that the app gives up without an answer is charged %s', (_, attempts, charged) => {
  const { pass, spent } = world([{ ...budget, limit: 1 }]);
  const last = attempts.at(-1);
  const gone = failed(typeof last === 'number' ? last : undefined, String(last), attempts.slice(0, -1));
  void pass().settle({ ...gone, kind: 'cancelled', response: {} });
  expect(spent('b')).toBeCloseTo(charged, 9);
});

test.each([
  ['nothing where the last try was refused', 429, 0],
  ['what is held where nobody knows what became of it', 500, 0.018],
] as const)('a call that a limit lets make no other try is charged %s', (_, status, charged) => {
  const { pass, spent } = world([{ ...budget, limit: 1 }]);
  const refusal = { code: 'rate_limited', policy: 'limits', rule: 'rpm', message: 'The limit is reached.', details: {} } as const;
  void pass().settle({ ...failed(status, String(status)), kind: 'blocked', refusal, response: {} });
  expect(spent('b')).toBeCloseTo(charged, 9);
});

describe('what is held', () => {
  test('with `attempts: 3` nothing passes the limit, whatever becomes of the retries', () => {
    const { pass, no, spent } = world([{ ...budget, attempts: 3 }]);
    const grant = pass();
    expect(no().code).toBe('budget_in_flight');
    void grant.settle(failed(undefined, 'TimeoutError', ['TimeoutError', 'TimeoutError']));
    expect(spent('b')).toBeCloseTo(0.054, 9);
  });

  test('what is held for retries goes back when there were none, and is not taken for the call', () => {
    const { pass, spent, policy } = world([{ ...budget, attempts: 3 }]);
    const quick = pass();
    expect(policy.listBudgets()[0]?.reserved).toBeCloseTo(0.054, 9);
    void quick.settle({ ...completed(100, 100), usage: undefined, cost: undefined });
    expect(spent('b')).toBeCloseTo(0.018, 9);
  });

  test('a stream keeps it while it asks for more', () => {
    const { pass, policy } = world([{ ...budget, limit: 1, attempts: 2, reserve: 'metered' }]);
    const grant = pass(callOf({ request: { model: 'big', maxTokens: 10_000, promptChars: 936, stream: true } }));
    const held = (): number => policy.listBudgets()[0]?.reserved ?? 0;
    // 1,000 tokens in and 2,000 out, twice.
    expect(held()).toBeCloseTo(2 * 0.033, 9);
    void grant.progress?.(usageOf(1000, 1900));
    expect(held()).toBeCloseTo(0.033 + 0.003 + 4000 * 15e-6, 9);
  });

  test('requests are held by the attempt', () => {
    const { pass, no } = world([{ ...budget, unit: 'requests', limit: 5, attempts: 3 }]);
    void pass().settle(completed(1, 1));
    pass();
    expect(no().code).toBe('budget_in_flight');
  });
});

test('a call that is on its way already is charged like any other, also where there is no room for it', () => {
  const { policy, pass, no, spent } = world([{ ...budget, limit: '0.018' }]);
  pass();
  expect(no().code).toBe('budget_in_flight');
  const answer = policy.admit(callOf(), { gone: false, onItsWay: true, onGone: () => () => undefined });
  if (answer instanceof Promise || answer.kind !== 'admitted') throw new Error('expected to pass');
  void answer.grant.settle(completed(100, 100));
  expect(spent('b')).toBeCloseTo(ALONE, 9);
});
