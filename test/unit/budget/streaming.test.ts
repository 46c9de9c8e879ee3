import { expect, test } from 'vitest';
import type { Grant } from '../../../src/call/policy.ts';
import { callOf, completed, usageOf, world } from './world.ts';

const stream = (maxTokens = 64_000) => callOf({ request: { model: 'big', maxTokens, promptChars: 936, stream: true } });
const budget = { id: 'b', limit: 1, mode: 'enforce', window: 'total', reserve: 'quantile' };
const reserved = (policy: ReturnType<typeof world>['policy']): number => policy.listBudgets()[0]?.reserved ?? 0;

/** Lets a stream grow, 100 tokens at a time, and gives where it was stopped. */
const grow = (grant: Grant, to: number, from = 0): number => {
  for (let seen = from; seen <= to; seen += 100) {
    const answer = grant.progress?.(usageOf(1000, seen));
    if (answer !== undefined) return seen;
  }
  return Infinity;
};

test('a stream of which nothing is learnt holds 8,192 output tokens and asks for more before they are used', () => {
  const { pass, policy } = world([budget]);
  const grant = pass(stream());
  expect(reserved(policy)).toBeCloseTo((1000 * 3 + 8192 * 15) / 1e6, 9);
  expect(grow(grant, 7600)).toBe(Infinity);
  expect(reserved(policy)).toBeCloseTo((1000 * 3 + 8192 * 15) / 1e6, 9);
  expect(grow(grant, 7700, 7700)).toBe(Infinity);
  expect(reserved(policy)).toBeCloseTo((1000 * 3 + 12_288 * 15) / 1e6, 9);
});

test('what calls of one kind used is what the next one of it holds', () => {
  const { pass, policy } = world([{ ...budget, limit: 100 }]);
  for (let call = 0; call < 200; call += 1) void pass(stream()).settle(completed(1000, 500 + (call % 10)));
  pass(stream());
  const held = (reserved(policy) * 1e6 - 3000) / 15;
  expect(held).toBeGreaterThanOrEqual(509);
  expect(held).toBeLessThan(540);
});

test('a stream that finds no more room goes on to the end of what it holds and is stopped there', () => {
  const { pass, policy } = world([{ ...budget, limit: '0.2' }]);
  const grant = pass(stream());
  pass(callOf({ request: { model: 'big', maxTokens: 4000, promptChars: 936 } }));
  const at = grow(grant, 64_000);
  expect(at).toBeGreaterThanOrEqual(8192);
  expect(reserved(policy)).toBeLessThanOrEqual(0.2);
});

test('a stopped stream is refused with what the budget stands at, and charged for what was seen and what ran ahead', () => {
  const { pass, spent } = world([{ ...budget, limit: '0.13' }]);
  const grant = pass(stream());
  let seen = 0;
  let refusal;
  while (refusal === undefined) refusal = grant.progress?.(usageOf(1000, (seen += 100)));
  // What it holds itself is spent as far as it is concerned: a new try would not find it free.
  expect(refusal).toMatchObject({ code: 'budget_exhausted', rule: 'b' });
  if (refusal instanceof Promise) throw new Error('expected an answer at once');
  void grant.settle({ ...completed(1000, 0), kind: 'blocked', usage: undefined, cost: undefined, chunks: 1, refusal });
  expect(spent('b')).toBeCloseTo((1000 * 3 + (seen + 256) * 15) / 1e6, 9);
});

test('a stream that ends as if it were whole, with the usage that was said at its beginning, is charged for what was seen', () => {
  const { pass, spent } = world([{ ...budget, limit: 100 }]);
  const grant = pass(stream());
  grow(grant, 3000);
  const outcome = completed(1000, 1);
  void grant.settle({ ...outcome, kind: 'completed', chunks: 30, usage: { ...usageOf(1000, 1), flags: ['output_unfinished'] } });
  expect(spent('b')).toBeCloseTo((1000 * 3 + (3000 + 256) * 15) / 1e6, 9);
});

test('a provider that goes past the bound of the request is followed', () => {
  const { pass } = world([{ ...budget, limit: '0.03' }]);
  expect(grow(pass(stream(1000)), 10_000)).toBeLessThan(2000);
});

test('a metered stream takes a step at a time', () => {
  const { pass, policy } = world([{ ...budget, reserve: { kind: 'metered', stepTokens: 1000 } }]);
  const grant = pass(stream());
  expect(reserved(policy)).toBeCloseTo((1000 * 3 + 1000 * 15) / 1e6, 9);
  grow(grant, 2000);
  expect(reserved(policy)).toBeLessThan((1000 * 3 + 4000 * 15) / 1e6);
});

test('a call that does not stream holds the most it can cost, also when little is learnt to be enough', () => {
  const { pass, policy } = world([{ ...budget, limit: 100 }]);
  for (let call = 0; call < 200; call += 1) void pass().settle(completed(1000, 10));
  pass();
  expect(reserved(policy)).toBe(0.018);
});

test('a budget in the shadow never stops a stream', () => {
  const { pass } = world([{ ...budget, mode: 'shadow', limit: '0.001' }]);
  expect(grow(pass(stream()), 64_000)).toBe(Infinity);
});
