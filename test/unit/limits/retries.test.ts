/** Automatic retries of SDKs, which are requests like any other. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Refusal } from '../../../src/call/policy.ts';
import { completed } from '../budget/world.ts';
import { ask, type Asked, grantOf, kinds, pass, processOf, refusalOf, useHandTimers } from './world.ts';
import { useRealTimers } from '../../support/fake-timers.ts';

beforeEach(useHandTimers);
afterEach(() => useRealTimers());

type Answer = Refusal | 'sent' | 'waiting';

const retry = (asked: Asked): { answer: Answer } => {
  const retried: { answer: Answer } = { answer: 'waiting' };
  const answer = grantOf(asked).retry?.(asked.caller);
  if (answer instanceof Promise) void answer.then((refusal) => (retried.answer = refusal ?? 'sent'));
  else retried.answer = answer ?? 'sent';
  return retried;
};

const attempts = (count: number) => {
  const outcome = completed(1, 1);
  return { ...outcome, attempts: Array.from({ length: count }, () => outcome.attempts[0] ?? []).flat() };
};

test('a retry counts when it is sent, once, and is refused where there is no room', () => {
  const { policy } = processOf([{ id: 'rpm', limit: 3 }]);
  const call = ask(policy);
  expect(retry(call).answer).toBe('sent');
  void grantOf(call).settle(attempts(2));
  const other = ask(policy);
  expect(retry(other).answer).toMatchObject({ code: 'rate_limited', message: expect.stringContaining('3 of 3 requests in a minute') });
  expect(refusalOf(ask(policy)).details).toMatchObject({ seen: 3 });
});

test('a retry waits like a call, and the span tells of both waits', async () => {
  const { policy } = processOf([{ id: 'rpm', limit: 1, window: '5s', maxWait: '20s' }]);
  ask(policy);
  const call = ask(policy);
  await pass(6300);
  expect(call.answer.kind).toBe('admitted');
  const retried = retry(call);
  expect(retried.answer).toBe('waiting');
  await pass(6500);
  expect(retried.answer).toBe('sent');
  expect(Number(grantOf(call).marks?.['purser.queue.wait'])).toBeCloseTo(12.7, 0);
});

test('an app that calls off while its retry waits leaves the queue, and nothing is counted for it', async () => {
  const { policy } = processOf([{ id: 'rpm', limit: 1, window: '5s', maxWait: '20s' }]);
  const call = ask(policy);
  const retried = retry(call);
  call.caller.go();
  await pass(0);
  expect(retried.answer).toBe('sent');
  void grantOf(call).settle({ ...attempts(1), kind: 'cancelled' });
  const next = ask(policy);
  await pass(6500);
  expect(next.answer.kind).toBe('admitted');
});

test('retries are no further calls in flight and no further tokens', () => {
  const { policy } = processOf([
    { id: 'slots', unit: 'concurrency', limit: 1, maxWait: 0 },
    { id: 'tpm', unit: 'tokens', limit: 2000 },
  ]);
  const call = ask(policy);
  expect(retry(call).answer).toBe('sent');
  void grantOf(call).settle(completed(10, 10));
  expect(kinds([ask(policy)])).toEqual(['admitted']);
});

test('attempts that were not seen before they were sent are counted when the call ends', () => {
  const { policy } = processOf([{ id: 'rpm', limit: 5 }]);
  const call = ask(policy);
  expect(retry(call).answer).toBe('sent');
  void grantOf(call).settle(attempts(4));
  expect(kinds([ask(policy), ask(policy)])).toEqual(['admitted', 'refused']);
});
