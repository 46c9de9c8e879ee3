/** What went wrong elsewhere, each as its reporter saw it: https://github.com/<project>/issues/<number>. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Admission } from '../../../src/call/policy.ts';
import { MemoryStore } from '../../../src/stores/memory/memory-store.ts';
import { SqliteStore } from '../../../src/stores/sqlite/sqlite-store.ts';
import { callOf, completed, ended, failed, HandClock, usageOf, world } from './world.ts';

// A call of the world reserves $0.018.
const enforce = { id: 'b', limit: '0.036', mode: 'enforce', window: 'day', reserve: 'worst_case' };
const streaming = (maxTokens = 1000) => callOf({ request: { model: 'big', maxTokens, promptChars: 936, stream: true } });

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'purser-regressions-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('a cap is passed under concurrency or over replicas', () => {
  test.each(['BerriAI/litellm 26672', 'BerriAI/litellm 23714', 'QuantumNous/new-api 6609'])(
    '%s: calls that start together each see what the others hold',
    () => {
      const { policy } = world([enforce]);
      const answers = Array.from({ length: 50 }, () => policy.admit(callOf()) as Admission);
      expect(answers.filter((answer) => answer.kind === 'admitted')).toHaveLength(2);
    },
  );

  test('BerriAI/litellm 40095: the first calls of a user whom nobody knows are counted like all others', () => {
    const { policy } = world([{ ...enforce, per: 'user' }]);
    const answers = Array.from({ length: 10 }, () => policy.admit(callOf({ labels: { user: 'never-seen' } })) as Admission);
    expect(answers.filter((answer) => answer.kind === 'admitted')).toHaveLength(2);
  });

  test.each([
    ['BerriAI/litellm 33325', { match: { model: 'big' } }],
    ['BerriAI/litellm 6288', {}],
    ['maximhq/bifrost 3547', {}],
    ['azerozero/grob 566', {}],
    ['bestruirui/octopus 234', {}],
  ])('%s: replicas share one cap, at once', async (name, more) => {
    const path = join(directory, `${name.replaceAll(/\W/g, '-')}.db`);
    const replicas = [1, 2, 3].map(() => world([{ ...enforce, ...more }], { store: new SqliteStore({ path, durability: 'process' }) }).policy);
    const answers = await Promise.all(replicas.flatMap((policy) => Array.from({ length: 10 }, async () => policy.admit(callOf()))));
    expect(answers.filter((answer) => answer.kind === 'admitted')).toHaveLength(2);
    await Promise.all(replicas.map((policy) => policy.stop()));
  });

  test('BerriAI/litellm 40002: a call for which too little is left is refused, and not let through on what is left', () => {
    const { pass, no } = world([{ ...enforce, limit: '0.45' }]);
    // 300,000 tokens of input at $3 per million are $0.90: more than the limit, and never cut down to it.
    expect(no(callOf({ request: { promptChars: 300_000 } })).code).toBe('request_exceeds_budget');
    pass(callOf({ request: { promptChars: 90_000 } }));
    expect(no(callOf({ request: { promptChars: 90_000 } })).code).toBe('budget_in_flight');
  });
});

describe('a budget blocks although it was not spent', () => {
  test.each([27_639, 27_735, 36_926, 40_050])('BerriAI/litellm %i: nothing stays reserved when calls end, however they end', (number) => {
    const { pass, policy, spent } = world([{ ...enforce, limit: 100, id: `b${number}` }]);
    const outcomes = [completed(10, 10), failed(429), failed(undefined, 'ECONNREFUSED'), ended('cancelled', usageOf(5, 5)), failed(500), ended('completed')];
    for (const outcome of outcomes) {
      const grant = pass();
      void grant.settle(outcome);
      void grant.settle(outcome);
    }
    expect(policy.listBudgets()[0]?.reserved).toBe(0);
    expect(spent(`b${number}`)).toBeLessThan(0.1);
  });

  test('BerriAI/litellm 38647: many small amounts leave nothing behind that no call spent', () => {
    const { pass, policy, spent } = world([{ ...enforce, limit: 25 }]);
    const grants = Array.from({ length: 1000 }, () => pass());
    for (const grant of grants) void grant.settle(failed(429));
    expect(spent('b')).toBe(0);
    expect(policy.listBudgets()[0]).toMatchObject({ reserved: 0, remaining: 25 });
  });

  test('andreasronge/ptc_runner 1692: a cap well above what calls cost lets a call with a high bound through', () => {
    const { pass } = world([{ ...enforce, limit: '0.5', reserve: 'quantile' }]);
    // 64,000 tokens at $15 per million are $0.96.
    for (let call = 0; call < 5; call += 1) void pass(streaming(64_000)).settle(completed(1000, 60));
    expect(pass(streaming(64_000))).toBeDefined();
  });
});

describe('a window does not start over, or does so wrongly', () => {
  test.each([8364, 20_532, 25_495, 5651, 7129, 24_675])('BerriAI/litellm %i: the next window is empty although nobody reset anything', (number) => {
    const per = number === 24_675 ? { per: 'user' } : {};
    const { pass, no, clock } = world([{ ...enforce, limit: '0.02', ...per }]);
    void pass().settle(completed(1000, 1000));
    no();
    clock.now += 86_400_000;
    expect(pass()).toBeDefined();
  });

  test('BerriAI/litellm 22013: what was spent is still there after a restart', async () => {
    const clock = new HandClock();
    const journal = { directory: join(directory, 'restart'), durability: 'process' as const };
    const before = world([enforce], { store: new MemoryStore({ clock, journal }) });
    void before.pass().settle(completed(1000, 1000));
    await before.policy.stop();
    const after = world([enforce], { store: new MemoryStore({ clock, journal }) });
    after.pass();
    expect(after.no().details['spent']).toBe(0.018);
  });

  test.each(['BerriAI/litellm 34896', 'BerriAI/litellm 40978'])('%s: a day of a zone begins at its midnight, neither earlier nor later', () => {
    const { pass, no, clock } = world([{ ...enforce, limit: '0.02', window: { every: 'day', tz: 'America/Los_Angeles' } }]);
    void pass().settle(completed(1000, 1000));
    clock.now = Date.parse('2026-11-21T07:59:59Z');
    expect(no().retryAtMs).toBe(Date.parse('2026-11-21T08:00:00Z'));
    clock.now = Date.parse('2026-11-21T08:00:00Z');
    expect(pass()).toBeDefined();
  });

  test('BerriAI/litellm 41211: the day on which a week begins is the one that is shown', () => {
    const { pass, policy } = world([{ ...enforce, window: 'week' }]);
    pass();
    const shot = policy.listBudgets()[0];
    expect(new Date(shot?.windowEndMs ?? 0).getUTCDay()).toBe(1);
  });

  test('BerriAI/litellm 34492: a new window does not inherit what the old one spent', () => {
    const { pass, spent, clock } = world([enforce]);
    void pass().settle(completed(1000, 1000));
    clock.now += 86_400_000;
    void pass().settle(completed(1000, 0));
    expect(spent('b')).toBe(0.003);
  });

  test('BerriAI/litellm 30330: a window that ends during a call never goes below zero', () => {
    const { pass, policy, spent, clock } = world([enforce]);
    const grant = pass();
    clock.now += 86_400_000;
    void pass().settle(completed(0, 0));
    void grant.settle(completed(10, 10));
    expect(spent('b')).toBe(0);
    expect(policy.listBudgets()[0]?.reserved).toBe(0);
  });
});

describe('streams and broken connections are not billed', () => {
  test.each([13_245, 35_958, 33_736, 36_008, 37_558])('BerriAI/litellm %i: a stream without usage is charged for what was seen at least', (number) => {
    const { pass, spent } = world([{ ...enforce, id: `b${number}` }]);
    const grant = pass(streaming());
    void grant.progress?.(usageOf(1000, 400));
    void grant.settle(ended('cancelled'));
    expect(spent(`b${number}`)).toBeGreaterThanOrEqual((1000 * 3 + 400 * 15) / 1e6);
  });

  test('BerriAI/litellm 39893: a placeholder of one output token is not taken for the usage', () => {
    const { pass, spent } = world([enforce]);
    const grant = pass(streaming());
    void grant.progress?.(usageOf(1000, 400));
    void grant.settle(ended('cancelled', usageOf(1000, 1)));
    expect(spent('b')).toBeGreaterThanOrEqual((1000 * 3 + 400 * 15) / 1e6);
  });

  test('BerriAI/litellm 37992: usage that is explicitly zero is not missing usage', () => {
    const { pass, spent } = world([enforce]);
    void pass().settle(completed(0, 0));
    expect(spent('b')).toBe(0);
  });

  test('QuantumNous/new-api 5235: missing usage is no reason to give all back', () => {
    const { pass, spent } = world([enforce]);
    void pass().settle(ended('completed'));
    expect(spent('b')).toBe(0.018);
  });

  test('QuantumNous/new-api 4429: what a vanished call held is charged when its lease runs out, and corrected when it comes back', () => {
    const { pass, spent, clock, counts } = world([{ ...enforce, lease_ms: 1000, limit: 1 }]);
    const lost = pass();
    clock.now += 1000;
    void pass().settle(completed(0, 0));
    expect(spent('b')).toBe(0.018);
    expect(counts.get('purser.budget.leases_expired{b}')).toBe(1);
    void lost.settle(completed(1000, 0));
    expect(spent('b')).toBe(0.003);
    expect(counts.get('purser.budget.settle_corrections{b}')).toBe(1);
  });
});

describe('a restart loses what was spent', () => {
  test.each([34_805, 38_157, 34_808, 40_949])('BerriAI/litellm %i: a process that is gone between two lines has lost nothing', (number) => {
    const clock = new HandClock();
    const journal = { directory: join(directory, `gone-${number}`), durability: 'process' as const };
    // The first store is never closed, as if its process had been killed: one call settled, one on its way.
    const before = world([{ ...enforce, limit: 1 }], { store: new MemoryStore({ clock, journal }) });
    void before.pass().settle(completed(1000, 0));
    before.pass();
    rmSync(join(journal.directory, 'budgets.journal.lock'));
    const after = world([{ ...enforce, limit: 1 }], { store: new MemoryStore({ clock, journal }) });
    void after.pass().settle(completed(0, 0));
    expect(after.spent('b')).toBe(0.021);
  });
});

test.each(['BerriAI/litellm 35524', 'BerriAI/litellm 35584'])('%s: a model without a price does not pass unseen', () => {
  const { no } = world([{ ...enforce, limit: '0.1' }]);
  // At the ceiling of $75 per million, 2,000 tokens are $0.15.
  expect(no(callOf({ request: { model: 'brand-new' } })).code).toBe('request_exceeds_budget');
});

describe('alerts come too often or not at all', () => {
  const alert = { ...enforce, mode: 'alert', limit: '0.1' };

  test.each([3113, 3738, 32_011, 16_185, 32_597, 31_618])(
    'BerriAI/litellm %i: one alert for each threshold and window, again in the next, with the share that is used',
    (number) => {
      const { pass, events, clock } = world([{ ...alert, id: `b${number}`, thresholds: [0.15, 0.5] }]);
      const spend = (): void => {
        for (let call = 0; call < 6; call += 1) void pass().settle(completed(1000, 1000));
      };
      spend();
      expect(events.map((event) => event.attributes['purser.budget.threshold'])).toEqual([0.15, 0.5]);
      expect(events[1]?.attributes['purser.budget.used_ratio']).toBe(0.54);
      clock.now += 86_400_000;
      spend();
      expect(events).toHaveLength(4);
      expect(new Set(events.map((event) => event.dedupeKey)).size).toBe(4);
    },
  );

  test('BerriAI/litellm 7546: of several instances one tells', async () => {
    const path = join(directory, 'alerts.db');
    const replicas = [1, 2, 3, 4].map(() => world([alert], { store: new SqliteStore({ path, durability: 'process' }) }));
    const one = async ({ policy }: (typeof replicas)[number]): Promise<void> => {
      const answer = await policy.admit(callOf());
      if (answer.kind === 'admitted') await answer.grant.settle(completed(1000, 1000));
    };
    for (let round = 0; round < 2; round += 1) await Promise.all(replicas.map(one));
    const told = replicas.flatMap((replica) => replica.events.map((event) => event.attributes['purser.budget.threshold']));
    expect(told.map(Number).sort((a, b) => a - b)).toEqual([0.5, 0.8, 1]);
    await Promise.all(replicas.map(({ policy }) => policy.stop()));
  });
});

describe('a settlement is dropped', () => {
  test.each([
    ['estimates of $1 for calls of $6', 50_000, 390_000],
    ['estimates far too low', 10, 390_000],
  ])(
    'tensorzero/tensorzero, rate limiting of 2026-08: with %s the budget is full after what was truly spent, and not after what was guessed',
    (_, maxTokens, output) => {
      const { policy, spent } = world([{ ...enforce, limit: 10 }]);
      let admitted = 0;
      for (let call = 0; call < 400; call += 1) {
        const answer = policy.admit(callOf({ request: { model: 'big', maxTokens } })) as Admission;
        if (answer.kind !== 'admitted') continue;
        admitted += 1;
        void answer.grant.settle(completed(1000, output));
      }
      expect(admitted).toBe(2);
      expect(spent('b')).toBeCloseTo(2 * ((1000 * 3 + output * 15) / 1e6), 9);
    },
  );
});
