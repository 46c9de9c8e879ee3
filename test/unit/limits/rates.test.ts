/** Requests and tokens in a window, in one process, by a clock by hand. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { completed, ended, failed } from '../budget/world.ts';
import { ask, byUser, grantOf, kinds, pass, processOf, refusalOf, useHandTimers } from './world.ts';
import { useRealTimers } from '../../support/fake-timers.ts';

beforeEach(useHandTimers);
afterEach(() => useRealTimers());

test('requests beyond the rate are refused at once, in words that say which, how much, how many, and when', () => {
  const { policy } = processOf([{ id: 'rpm', limit: 2 }]);
  const [, , third] = [ask(policy), ask(policy), ask(policy)];
  const refusal = refusalOf(third ?? ask(policy));
  expect(refusal).toMatchObject({
    code: 'rate_limited',
    policy: 'limits',
    rule: 'rpm',
    message: 'The limit "rpm" is reached: 2 of 2 requests in a minute. A new try may pass in 62 s.',
    retryAtMs: Date.now() + 62_000,
    details: {
      key: 'limit:rpm',
      unit: 'requests',
      limit: 2,
      seen: 2,
      windowMs: 60_000,
      waitedMs: 0,
      retryAfterSeconds: 62,
      retryAt: '2026-11-20T12:01:02.000Z',
    },
  });
});

test('the new try passes at the moment that the refusal named, and not before', async () => {
  const { policy } = processOf([{ id: 'rpm', limit: 1 }]);
  ask(policy);
  await pass(300);
  const retryAtMs = refusalOf(ask(policy)).retryAtMs ?? 0;
  await pass(retryAtMs - Date.now() - 1);
  expect(ask(policy).answer.kind).toBe('refused');
  await pass(1);
  expect(ask(policy).answer.kind).toBe('admitted');
});

test('a rate split by user is one for each, and calls that match nothing are not counted', () => {
  const { policy } = processOf([{ id: 'rpm', limit: 1, per: 'user', match: { provider: 'openai' } }]);
  expect(kinds([byUser(policy, 'a'), byUser(policy, 'b'), byUser(policy, 'a'), ask(policy, { provider: 'anthropic' })])).toEqual([
    'admitted',
    'admitted',
    'refused',
    'indifferent',
  ]);
});

test('counting tokens, fetching answers and endpoints beside the models are not counted', () => {
  const { policy } = processOf([{ id: 'rpm', limit: 1 }]);
  const others = (['count_tokens', 'fetch_response', 'batch', 'other'] as const).map((operation) => ask(policy, { operation }));
  expect(new Set(kinds(others))).toEqual(new Set(['indifferent']));
  expect(ask(policy, { operation: 'embeddings' }).answer.kind).toBe('admitted');
});

test('a call of several limits is admitted by all or by none', () => {
  const { policy } = processOf([
    { id: 'all', limit: 2 },
    { id: 'user', limit: 1, per: 'user' },
  ]);
  expect(kinds([byUser(policy, 'a'), byUser(policy, 'a'), byUser(policy, 'b'), byUser(policy, 'c')])).toEqual(['admitted', 'refused', 'admitted', 'refused']);
});

test('retries inside the SDK count as requests once they are known, and a call that another policy refused does not count', () => {
  const { policy } = processOf([{ id: 'rpm', limit: 3 }]);
  const retried = ask(policy);
  const outcome = completed(1, 1);
  void grantOf(retried).settle({ ...outcome, attempts: [...outcome.attempts, ...outcome.attempts] });
  const blocked = ask(policy);
  const refusal = { code: 'budget_exhausted', policy: 'budget', rule: 'b', message: '', details: {} } as const;
  void grantOf(blocked).settle({ ...outcome, kind: 'blocked', attempts: [], refusal });
  expect(kinds([ask(policy), ask(policy)])).toEqual(['admitted', 'refused']);
});

test('a call that its app gives up while another policy is asked counts nothing; one that was sent counts', () => {
  const { policy } = processOf([
    { id: 'rpm', limit: 2 },
    { id: 'tpm', unit: 'tokens', limit: 2000 },
  ]);
  void grantOf(ask(policy)).settle({ ...ended('cancelled'), attempts: [], chunks: 0 });
  // By a signal of a time that is over.
  void grantOf(ask(policy)).settle({ ...failed(undefined, 'TimeoutError'), attempts: [] });
  const sent = ask(policy);
  void grantOf(sent).settle({ ...ended('cancelled'), chunks: 0 });
  // What the answer would have cost is not given back.
  expect(refusalOf(ask(policy)).rule).toBe('tpm');
});

test('tokens are held as expected and settled as used', () => {
  const { policy } = processOf([{ id: 'tpm', unit: 'tokens', limit: 5000 }]);
  // 936 characters are taken for 312 tokens, the answer for the 1,000 that the request allows.
  const first = ask(policy);
  expect(kinds([ask(policy), ask(policy), ask(policy)])).toEqual(['admitted', 'admitted', 'refused']);
  void grantOf(first).settle(completed(300, 12));
  expect(ask(policy).answer.kind).toBe('admitted');
});

test('the worst case holds the most that a call can use, and one that may use more than the limit can never pass', () => {
  const { policy } = processOf([{ id: 'tpm', unit: 'tokens', limit: 4500, reserve: 'worst_case', maxWait: '10s' }]);
  expect(kinds([ask(policy), ask(policy), ask(policy)])).toEqual(['admitted', 'admitted', 'waiting']);
  const huge = refusalOf(ask(policy, { request: { model: 'big', maxTokens: 9000, promptChars: 936 } }));
  expect(huge).toMatchObject({ code: 'rate_limited', message: expect.stringContaining('This call alone counts for 10000 tokens and can never pass.') });
  expect(huge.retryAtMs).toBeUndefined();
});

test('a call waits for room up to its deadline, and the span and the metric tell how long', async () => {
  const { policy, metrics } = processOf([{ id: 'rpm', window: '5s', limit: 1, maxWait: '10s' }]);
  ask(policy);
  const second = ask(policy);
  expect(second.answer.kind).toBe('waiting');
  await pass(6300);
  expect(grantOf(second).marks).toEqual({ 'purser.queue.wait': 6.251, 'purser.queue.rule': 'rpm' });
  expect(metrics.find(({ name }) => name === 'purser.queue.wait')).toMatchObject({ value: 6.251, attributes: { 'purser.rule': 'rpm' } });
});

test('a call that cannot get room before its deadline does not wait for it', () => {
  const { policy } = processOf([{ id: 'rpm', limit: 1, maxWait: '10s' }]);
  ask(policy);
  expect(refusalOf(ask(policy)).message).toContain('There will be no room within the 10 s that a call may wait.');
});

test('never more requests than the rate in any window, with many waiting', async () => {
  const { policy } = processOf([{ id: 'rpm', limit: 5, window: '10s', maxWait: '5m' }]);
  const calls = Array.from({ length: 60 }, () => ask(policy));
  const times = new Map<object, number>();
  for (let step = 0; step < 4000 && times.size < 60; step += 1) {
    for (const one of calls) if (one.answer.kind === 'admitted' && !times.has(one)) times.set(one, Date.now());
    await pass(50);
  }
  const sent = [...times.values()];
  expect([...times.keys()]).toEqual(calls);
  expect(Math.max(...sent.map((at) => sent.filter((other) => other > at - 10_000 && other <= at).length))).toBe(5);
});

test('a limit in the shadow refuses nothing and marks what it would have refused', () => {
  const { policy, metrics } = processOf([{ id: 'rpm', limit: 1, mode: 'shadow' }]);
  ask(policy);
  expect(grantOf(ask(policy)).marks).toEqual({ 'purser.policy.would_limit': 'rpm' });
  expect(metrics.filter(({ name }) => name === 'purser.policy.decisions').map(({ attributes }) => attributes['purser.decision'])).toEqual([
    'admitted',
    'would_refuse',
  ]);
});

test('a limit that is off is none', () => {
  const { policy } = processOf([{ id: 'rpm', limit: 1, mode: 'off' }]);
  expect(kinds([ask(policy), ask(policy)])).toEqual(['indifferent', 'indifferent']);
});
