import type { Clock } from '../../base/clock.ts';
import { notice } from '../../base/diag.ts';
import type { BudgetStore, Maybe, StoreNotice } from '../../call/budget-store.ts';
import type { PriceCall } from '../../call/cost.ts';
import type { EmitEvent, Meter } from '../../call/event.ts';
import type { Call } from '../../call/call.ts';
import { type Admission, type Caller, INDIFFERENT, type Policy } from '../../call/policy.ts';
import { Heartbeat } from '../heartbeat.ts';
import { Admitter, type Matched } from './admission.ts';
import type { BudgetConfig } from './budget-config.ts';
import { BudgetGrant } from './budget-grant.ts';
import { type CompiledBudget, compileBudgets } from './compiled-budget.ts';
import { Escrow } from './escrow.ts';
import { History } from './history.ts';
import { createKnownLimits } from './known-limits.ts';
import type { ModelLimitsOf } from './model-limits.ts';
import { Outage } from './outage.ts';
import { RateCard } from './rates.ts';
import { Reporter } from './reporter.ts';
import { runName } from './run-name.ts';
import type { BudgetSnapshot } from './snapshot.ts';
import { StoreClient } from './store-client.ts';

/** What the budget policy is given. */
export interface BudgetDeps {
  readonly budgets: readonly BudgetConfig[];
  readonly store: BudgetStore;
  readonly price: PriceCall;
  /** The bounds of a model where they are known, for requests that state none. @default a list of common models */
  readonly modelLimits?: ModelLimitsOf;
  readonly meter: Meter;
  readonly emit: EmitEvent;
  readonly clock: Clock;
}

/** The budgets of a process as a policy. */
export interface BudgetPolicy extends Policy {
  /** Settles what can be settled and closes the store. Never rejects; a caller bounds how long it waits. */
  stop(): Promise<void>;
  /** Goes on with other budgets, for a config that was loaded again. Calls that run keep what they were granted; what was spent is kept by id. */
  setBudgets(budgets: readonly BudgetConfig[]): void;
  /** Reserves at the prices that are in force from now on. */
  pricesChanged(): void;
  /** Settles what can be settled within the time given; what cannot is counted and said. Never rejects. */
  drain(timeoutMs: number): Promise<void>;
  /** The same, blocking, when nothing can be waited for any more. Never throws. */
  drainAtExit(timeoutMs: number): void;
  /** Whether settlements are under way or wait for the store. */
  readonly unsettled: boolean;
  /** The budgets that this process has used, as it saw them last; at most 1000. */
  listBudgets(): readonly BudgetSnapshot[];
  /** Brings the gauges up to date now; they follow by themselves within a second. */
  publish(): void;
}

/** A third of the shortest lease that a budget can have is well above this; a beat without old leases does nothing. */
const HEARTBEAT_MS = 300;

/** How long the end of a policy waits for its store. */
const STOP_MS = 5000;

/** What is told of a store: its own news, and whether it answers. */
interface StoreNews {
  readonly kind: StoreNotice['kind'] | 'recovered' | 'unavailable';
  readonly message: string;
}

const RECOVERED: StoreNews = { kind: 'recovered', message: 'The store of the budgets answers again.' };
const unavailable = (reason: string): StoreNews => ({
  kind: 'unavailable',
  message: `The store of the budgets does not answer (${reason}): on_store_unavailable decides about calls.`,
});
const SEVERITY = { recovered: 'info', not_durable: 'warning', unavailable: 'error', data_lost: 'error' } as const;

const tellNews = (reporter: Reporter, store: BudgetStore, clock: Clock, { kind, message }: StoreNews): void =>
  reporter.event({
    name: `purser.store.${kind}`,
    severity: SEVERITY[kind],
    message,
    atMs: clock.nowMs(),
    // A store that is set up like this stays so, and every process that starts finds it.
    dedupeKey: `${store.name}/${kind}/${Math.floor(clock.nowMs() / (kind === 'not_durable' ? 86_400_000 : 60_000))}`,
    attributes: { 'purser.store': store.name },
  });

class Budgets implements BudgetPolicy {
  readonly name = 'budget';
  readonly #run: string;
  readonly #runStartMs: number;
  #budgets: readonly CompiledBudget[];
  readonly #client: StoreClient;
  readonly #reporter: Reporter;
  readonly #heartbeat: Heartbeat;
  readonly #escrow: Escrow | undefined;
  readonly #admitter: Admitter;
  readonly #rateCard: RateCard;

  constructor({ budgets, store, price, modelLimits = createKnownLimits(), meter, emit, clock }: BudgetDeps) {
    this.#runStartMs = clock.nowMs();
    this.#run = runName(this.#runStartMs);
    this.#budgets = compileBudgets(budgets, this.#run, this.#runStartMs);
    this.#reporter = new Reporter(meter, emit, clock);
    this.#tellOfThese();
    this.#client = new StoreClient(store, meter, clock, (up, reason) => tellNews(this.#reporter, store, clock, up ? RECOVERED : unavailable(reason)));
    this.#heartbeat = new Heartbeat(clock, () => HEARTBEAT_MS);
    this.#escrow = store.name !== 'memory' ? new Escrow(this.#client, clock, this.#run) : undefined;
    store.onNotice?.((news) => {
      // Whoever starts the process should read it; what comes later is for those who watch.
      if (news.kind === 'not_durable') notice(`budget.${news.kind}`, news.message);
      tellNews(this.#reporter, store, clock, news);
    });
    const history = new History();
    const ended = (grant: BudgetGrant, amountOf: (key: string) => number): void => {
      this.#heartbeat.ended(grant);
      this.#escrow?.settled(grant.id, amountOf);
    };
    const grantDeps = { client: this.#client, reporter: this.#reporter, history, clock, ended };
    this.#rateCard = new RateCard(price);
    this.#admitter = new Admitter({
      client: this.#client,
      reporter: this.#reporter,
      planner: { rateCard: this.#rateCard, history, modelLimits },
      clock,
      outage: new Outage(this.#client, this.#reporter, clock, this.#escrow),
      open: (granted) => {
        const grant = new BudgetGrant(grantDeps, granted);
        this.#heartbeat.opened(grant);
        if (this.#escrow !== undefined)
          for (const plan of granted.plans) if (plan.line.enforce && plan.budget.config.onStoreUnavailable === 'local') this.#escrow.want(plan);
        return grant;
      },
    });
  }

  admit(call: Call, caller?: Caller): Maybe<Admission> {
    const matched: Matched[] = [];
    for (const budget of this.#budgets) {
      const key = budget.keyOf(call);
      if (key !== undefined) matched.push({ budget, key });
    }
    return matched.length === 0 ? INDIFFERENT : this.#admitter.admit(call, matched, caller);
  }

  setBudgets(budgets: readonly BudgetConfig[]): void {
    this.#budgets = compileBudgets(budgets, this.#run, this.#runStartMs);
    this.#tellOfThese();
  }

  pricesChanged(): void {
    this.#rateCard.forget();
  }

  #tellOfThese(): void {
    this.#reporter.use(this.#budgets.map(({ config }) => config));
  }

  listBudgets(): readonly BudgetSnapshot[] {
    return this.#reporter.list();
  }

  publish(): void {
    this.#reporter.publish();
  }

  get unsettled(): boolean {
    return this.#client.waiting > 0;
  }

  async drain(timeoutMs: number): Promise<void> {
    await this.#client.drain(timeoutMs);
    this.#reporter.publish();
  }

  drainAtExit(timeoutMs: number): void {
    this.#client.drainAtExit(timeoutMs);
    this.#reporter.publish();
  }

  async stop(): Promise<void> {
    this.#heartbeat.stop();
    await this.#client.drain(STOP_MS);
    await this.#escrow?.stop();
    this.#reporter.publish();
    this.#client.stop();
    await this.#client.store.close();
  }
}

/**
 * Gives the policy that keeps calls inside their budgets. Over a store in memory `admit` answers at once.
 * The policy owns the store from now on and closes it in `stop`.
 */
export const createBudgetPolicy = (deps: BudgetDeps): BudgetPolicy => new Budgets(deps);
