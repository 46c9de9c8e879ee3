import type * as WatchModule from '../alerts/budget-watch.ts';
import type { BudgetWatch, WatchedBudget } from '../alerts/budget-watch.ts';
import { Claims } from '../alerts/claims.ts';
import { createUnpricedWatch } from '../alerts/unpriced-watch.ts';
import type { Clock } from '../base/clock.ts';
import { guard } from '../base/diag.ts';
import { loadNow } from '../base/load.ts';
import type { EmitEvent, GovernanceEvent } from '../call/event.ts';
import type { Sink } from '../call/sink.ts';
import type { Config } from '../config/config.ts';
import { outboxPath } from './alerts.ts';

const LOOK_MS = 60_000;

/** What looks for trouble that no single call shows. */
export interface Watches {
  readonly sinks: readonly Sink[];
  stop(): void;
}

/** Starts the watches: budgets that will not last, and calls without a price. What they find is raised once over the processes that share the outbox. */
export const createWatches = (config: Config, list: () => readonly WatchedBudget[], emit: EmitEvent, clock: Clock): Watches => {
  const claims = new Claims(outboxPath(config));
  const raise = (event: GovernanceEvent): void => {
    if (claims.take(event.dedupeKey, clock.nowMs())) emit(event);
  };
  let watch: BudgetWatch | undefined;
  const look = (): void => {
    const budgets = list();
    if (budgets.length === 0) return;
    watch ??= new (loadNow<typeof WatchModule>('alerts/budget-watch').BudgetWatch)();
    for (const event of watch.look(budgets, clock.nowMs())) raise(event);
  };
  const timer = setInterval(() => guard('alerts.watch', look), LOOK_MS).unref();
  return { sinks: [createUnpricedWatch(clock, raise)], stop: () => clearInterval(timer) };
};
