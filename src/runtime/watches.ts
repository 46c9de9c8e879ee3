import { timers } from '../base/timers.ts';
import type * as WatchModule from '../alerts/budget-watch.ts';
import type { BudgetWatch, WatchedBudget } from '../alerts/budget-watch.ts';
import { Claims } from '../alerts/claims.ts';
import { createUnpricedWatch } from '../alerts/unpriced-watch.ts';
import type * as UsageWatchModule from '../alerts/usage-watch.ts';
import type { Clock } from '../base/clock.ts';
import { fault, guard } from '../base/diag.ts';
import { loadNow } from '../base/load.ts';
import type { EmitEvent, GovernanceEvent } from '../call/event.ts';
import type { Sink } from '../call/sink.ts';
import type { Config } from '../config/config.ts';
import type * as HistoryModule from '../ledger/ledger-history.ts';
import type { LedgerHistory } from '../ledger/ledger-history.ts';
import { outboxPath } from './alerts.ts';

const LOOK_MS = 60_000;

/** What looks for trouble that no single call shows. */
export interface Watches {
  readonly sinks: readonly Sink[];
  /** Goes on with other thresholds. */
  reload(config: Config): void;
  stop(): void;
}

/** Looks at the history that the ledger holds, once at a time; nothing of it is loaded before the first look. */
class UsageLook {
  readonly #directory: string;
  readonly #clock: Clock;
  readonly #raise: (event: GovernanceEvent) => void;
  #history: LedgerHistory | undefined;
  #busy = false;
  #stopped = false;

  constructor(directory: string, clock: Clock, raise: (event: GovernanceEvent) => void) {
    this.#directory = directory;
    this.#clock = clock;
    this.#raise = raise;
  }

  look(config: Config): void {
    if (this.#busy) return;
    this.#busy = true;
    this.#find(config)
      .catch((error: unknown) => fault('alerts.usage', error))
      .finally(() => (this.#busy = false));
  }

  stop(): void {
    this.#stopped = true;
    this.#history?.stop();
  }

  async #find({ alerts }: Config): Promise<void> {
    const { lookAtUsage, looksForAny } = loadNow<typeof UsageWatchModule>('alerts/usage-watch');
    if (!looksForAny(alerts.patternsOff)) return;
    const { LedgerHistory: History } = loadNow<typeof HistoryModule>('ledger/ledger-history');
    this.#history ??= new History({ directory: this.#directory, clock: this.#clock });
    const history = await this.#history.look();
    if (history === undefined || this.#stopped) return;
    for (const event of lookAtUsage(history, alerts, alerts.patternsOff, this.#clock.nowMs())) this.#raise(event);
  }
}

/**
 * Starts the watches: budgets that will not last, calls without a price, and unusual patterns where there is a ledger. What they find is raised once
 * over the processes that share the outbox.
 */
export const createWatches = (config: Config, list: () => readonly WatchedBudget[], emit: EmitEvent, clock: Clock): Watches => {
  const claims = new Claims(outboxPath(config));
  const raise = (event: GovernanceEvent): void => {
    if (claims.take(event.dedupeKey, clock.nowMs())) emit(event);
  };
  let inForce = config;
  let watch: BudgetWatch | undefined;
  const look = (): void => {
    const budgets = list();
    if (budgets.length === 0) return;
    watch ??= new (loadNow<typeof WatchModule>('alerts/budget-watch').BudgetWatch)();
    for (const event of watch.look(budgets, clock.nowMs())) raise(event);
  };
  const usage = config.ledger.path === undefined ? undefined : new UsageLook(config.ledger.path, clock, raise);
  const timer = timers
    .setInterval(() => {
      guard('alerts.watch', look);
      usage?.look(inForce);
    }, LOOK_MS)
    .unref();
  return {
    sinks: [createUnpricedWatch(clock, raise)],
    reload: (next) => (inForce = next),
    stop() {
      timers.clearInterval(timer);
      usage?.stop();
    },
  };
};
