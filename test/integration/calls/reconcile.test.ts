/**
 * Many calls of one real process, of every SDK and of fetch alone, that end in every way at once: what the provider billed, spans, metrics, the ledger and
 * the store of budgets tell of the same calls, tokens and money. What happens, in what order, follows from a seed: `PURSER_TEST_SEED=7` has a run again,
 * and `PURSER_TEST_SEED=random` has another one each time.
 */
import { randomInt } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { redisProgram, requireAll, startRedis } from '../../contract/stores/redis-server.ts';
import { askedOf } from './reconcile/operations.ts';
import { planOf } from './reconcile/plan.ts';
import { differences } from './reconcile/reconcile.ts';
import { runPlan } from './reconcile/run-plan.ts';
import type { Setup } from './reconcile/setup.ts';

const CALLS = 60;

const asked = process.env['PURSER_TEST_SEED'];
const seedOf = (own: number): number => (asked === undefined ? own : asked === 'random' ? randomInt(1_000_000) : Number(asked));

// A run takes a while; what some alone go through is rarely touched, and CI goes through all.
const isThorough = requireAll || asked !== undefined;

const SETUPS: readonly (readonly [seed: number, setup: Setup])[] = [
  [9, { store: 'none', host: true }],
  ...(isThorough ? [[10, { store: 'memory', edited: true }] as const] : []),
  [12, { store: 'sqlite', limits: true, edited: true }],
];

const found = async (own: number, setup: Setup, calls = CALLS): Promise<readonly string[]> => {
  const seed = seedOf(own);
  const plan = planOf(seed, calls, {
    budgets: setup.store !== 'none',
    limits: setup.limits === true,
    late: setup.store === 'sqlite' || setup.store === 'redis',
  });
  const accounts = await runPlan(plan, setup);
  onTestFinished(() => accounts.receiver.close());
  const reloads = accounts.receiver.latest('purser.config.reloads').filter(({ attributes }) => attributes['purser.result'] === 'applied');
  if (setup.edited === true) expect(reloads[0]?.value, `seed ${seed}`).toBeGreaterThan(1);
  return differences(plan, accounts).map((difference) => `seed ${seed}: ${difference}`);
};

test.each(SETUPS)('all accounts of a run agree, seed %i, %o', async (seed, setup) => {
  expect(await found(seed, setup)).toEqual([]);
});

const missing = redisProgram === undefined ? ' (neither redis-server nor valkey-server is installed)' : '';

test.skipIf(redisProgram === undefined && !requireAll)(`all accounts of a run agree over redis${missing}`, async () => {
  const server = await startRedis();
  onTestFinished(() => server.stop());
  expect(await found(13, { store: 'redis', url: server.url, limits: true, edited: true }, 40)).toEqual([]);
});

test.runIf(isThorough)('spans for which there is no room are counted as dropped, and every other account has their calls all the same', async () => {
  const seed = seedOf(301);
  const plan = planOf(seed, 40, { budgets: false, limits: false, late: false });
  const { receiver, spans, ledger } = await runPlan(plan, { store: 'none', env: { OTEL_BSP_MAX_QUEUE_SIZE: '6', OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '6' } });
  onTestFinished(() => receiver.close());
  const total = (metric: string, reason?: string): number =>
    receiver
      .latest(metric)
      .filter(({ attributes }) => reason === undefined || (attributes['purser.signal'] === 'traces' && attributes['purser.reason'] === reason))
      .reduce((sum, { value }) => sum + value, 0);
  const calls = plan.calls.filter((call) => askedOf(call).isSeen).length;
  expect(receiver.spans.length + total('purser.telemetry.dropped', 'queue_full'), `seed ${seed}`).toBe(calls);
  expect(spans.length + total('purser.telemetry.dropped', 'local_queue_full'), `seed ${seed}`).toBe(calls);
  expect(receiver.spans.length, `seed ${seed}`).toBeLessThan(calls);
  expect([total('purser.calls'), ledger.length], `seed ${seed}`).toEqual([calls, calls]);
});
