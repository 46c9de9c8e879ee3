/** One process: a budget policy over the shared store, and the alerts of it, in a time that runs faster than the world's. */
import { createAlertHub } from '../../../src/alerts/alert-hub.ts';
import { parseChannels } from '../../../src/alerts/parse-channels.ts';
import type { Clock } from '../../../src/base/clock.ts';
import type { GovernanceEvent } from '../../../src/call/event.ts';
import { createBudgetPolicy } from '../../../src/policies/budget/budget-policy.ts';
import { parseBudgets } from '../../../src/policies/budget/parse-budgets.ts';
import { SqliteStore } from '../../../src/stores/sqlite/sqlite-store.ts';
import { callOf, completed, price } from '../../unit/budget/world.ts';

/** What a worker is told. */
export interface AlertsPlan {
  readonly budgets: readonly object[];
  readonly channels: readonly object[];
  readonly store: string;
  readonly outbox: string;
  /** When the faster time began, in the world's and in its own milliseconds since the epoch, and how many times as fast it is. */
  readonly sinceMs: number;
  readonly startMs: number;
  readonly speed: number;
}

const plan = JSON.parse(process.argv[2] ?? '{}') as AlertsPlan;
const nowMs = (): number => plan.startMs + (Date.now() - plan.sinceMs) * plan.speed;
const clock: Clock = { nowMs, monotonicMs: nowMs };
const meter = { add: () => undefined, record: () => undefined, set: () => undefined };

const { channels, problems } = parseChannels(plan.channels, { nowMs, service: 'chaos' });
const parsed = parseBudgets(plan.budgets);
if (problems.length + parsed.problems.length > 0) throw new Error(JSON.stringify([problems, parsed.problems]));
const hub = createAlertHub({
  channels,
  outbox: plan.outbox,
  maxAgeMs: 86_400_000,
  clock,
  meter,
  clean: (event) => event,
  later: (ms, work) => {
    const timer = setTimeout(work, ms / plan.speed);
    return () => clearTimeout(timer);
  },
});
const emit = (event: GovernanceEvent): void => {
  if (event.name === 'purser.budget.threshold') process.send?.({ kind: 'raised', key: event.dedupeKey });
  hub.emit(event);
};
const store = new SqliteStore({ path: plan.store, durability: 'process', nowMs, timeoutMs: 60_000, settleTimeoutMs: 60_000 });
const policy = createBudgetPolicy({ budgets: parsed.budgets, store, price, meter, emit, clock });

const makeCalls = async (calls: number): Promise<void> => {
  for (let at = 0; at < calls; at += 1) {
    const answer = await policy.admit(callOf({ id: `${process.pid}-${nowMs()}-${at}` }));
    if (answer.kind === 'admitted') await answer.grant.settle(completed(1000, 1000));
  }
  process.send?.({ kind: 'done' });
};

process.on('message', ({ calls }: { readonly calls: number }) => void makeCalls(calls));
process.on('disconnect', () => process.exit());
process.send?.({ kind: 'ready' });
