import { randomUUID } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import type { BudgetStore, Maybe } from '../../call/budget-store.ts';
import type { Call } from '../../call/call.ts';
import type { EmitEvent, Meter } from '../../call/event.ts';
import { traitsOf } from '../../call/operations.ts';
import type { Outcome } from '../../call/outcome.ts';
import { type Admission, type Caller, INDIFFERENT, type Policy, type PolicyMarks, type Refusal } from '../../call/policy.ts';
import { totalOutput } from '../../call/usage.ts';
import { History } from '../budget/history.ts';
import { kindOf } from '../budget/line-plan.ts';
import { chain } from '../budget/maybe.ts';
import { StoreClient } from '../budget/store-client.ts';
import { Heartbeat } from '../heartbeat.ts';
import { type Ask, type AskedBefore, Asker, type Tried } from './asker.ts';
import { type CompiledLimit, compileLimits, type Wanted, wantedOf } from './compiled-limit.ts';
import type { LimitConfig } from './limit-config.ts';
import { LimitGrant } from './limit-grant.ts';
import { LimitReporter } from './limit-reporter.ts';
import { type Block, refusalOf, type Why } from './refusal.ts';
import { tokensFor } from './tokens.ts';
import { type Waited, WaitingRoom } from './waiting-room.ts';

/** What the limits are given. */
export interface LimitDeps {
  readonly limits: readonly LimitConfig[];
  readonly store: BudgetStore;
  /** Makes a store of this process alone, for the time that the other one is away. */
  readonly local: () => BudgetStore;
  readonly meter: Meter;
  readonly emit: EmitEvent;
  readonly clock: Clock;
}

/** The limits of a process as a policy. */
export interface LimitPolicy extends Policy {
  /** Lets calls that wait go, settles what can be settled and closes the store. Never rejects; a caller bounds how long it waits. */
  stop(): Promise<void>;
  /** Goes on with other limits. Calls that run keep what they hold; calls that wait are asked anew. */
  setLimits(limits: readonly LimitConfig[]): void;
  /** Whether settlements are under way or wait for the store. */
  readonly unsettled: boolean;
  /** Settles what can be settled within the time given. Never rejects. */
  drain(timeoutMs: number): Promise<void>;
  /** The same, blocking, when nothing can be waited for any more. Never throws. */
  drainAtExit(timeoutMs: number): void;
}

/** How long the end of the policy waits for its store. */
const STOP_MS = 5000;

const noGrant = (marks: PolicyMarks): Admission => ({ kind: 'admitted', grant: { marks, settle: () => undefined } });

const marksOf = (waitedMs: number, rule: string): PolicyMarks => ({ 'purser.queue.wait': Math.round(waitedMs) / 1000, 'purser.queue.rule': rule });

class Limits implements LimitPolicy {
  readonly name = 'limits';
  readonly #clock: Clock;
  readonly #client: StoreClient;
  readonly #reporter: LimitReporter;
  readonly #history = new History();
  readonly #heartbeat: Heartbeat;
  readonly #asker: Asker;
  readonly #room: WaitingRoom;
  readonly #ownStore: () => BudgetStore | undefined;
  #limits: readonly CompiledLimit[];
  #asked = 0;
  #stopped = false;

  constructor({ limits, store, local, meter, emit, clock }: LimitDeps) {
    this.#clock = clock;
    this.#limits = compileLimits(limits);
    this.#reporter = new LimitReporter(meter, emit, clock);
    this.#client = new StoreClient(store, meter, clock, (up) => this.#reporter.storeIs(store.name, up), 'limits');
    this.#heartbeat = new Heartbeat(clock, () => Math.min(...this.#limits.map(({ config }) => config.leaseMs), 60_000) / 3);
    let made: BudgetStore | undefined;
    this.#ownStore = () => made;
    this.#asker = new Asker({
      client: this.#client,
      local: () => (made ??= local()),
      clock,
      who: randomUUID().slice(0, 13),
      opened: (grant) => {
        if (grant.holdsSlots) this.#heartbeat.opened(grant);
      },
      ended: (grant, call, outcome) => this.#ended(grant, call, outcome),
      retry: (call, grant, caller) => this.#retry(call, grant, caller),
      freed: (keys) => this.#room.freed(keys),
    });
    this.#room = new WaitingRoom({
      clock,
      isShared: () => store.name !== 'memory',
      attempt: (ask, turnMs) => this.#asker.attempt(ask, turnMs),
      lengthOf: (rule, length) => this.#reporter.waiting(rule, length),
    });
  }

  admit(call: Call, caller?: Caller): Maybe<Admission> {
    // What the app has called off already is not sent.
    if (!traitsOf(call).limited || this.#stopped || caller?.gone === true) return INDIFFERENT;
    return this.#begin(this.#askFor(call, caller), caller);
  }

  #begin(ask: Ask, caller: Caller | undefined): Maybe<Admission> {
    if (ask.wanted.length === 0) return ask.waited === undefined ? INDIFFERENT : noGrant(this.#told(ask, ask.waited));
    const ahead = this.#room.ahead(ask);
    if (ahead.length > 0) return this.#wait(ask, ahead, caller);
    return chain(this.#asker.attempt(ask, 0), (tried) => this.#tried(ask, tried, caller));
  }

  setLimits(limits: readonly LimitConfig[]): void {
    this.#limits = compileLimits(limits);
    this.#heartbeat.hasten();
    this.#room.clear();
  }

  get unsettled(): boolean {
    return this.#client.waiting > 0;
  }

  drain(timeoutMs: number): Promise<void> {
    return this.#client.drain(timeoutMs);
  }

  drainAtExit(timeoutMs: number): void {
    this.#client.drainAtExit(timeoutMs);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#room.clear();
    this.#heartbeat.stop();
    await this.#client.drain(STOP_MS);
    this.#client.stop();
    await Promise.all([this.#client.store.close(), this.#ownStore()?.close()]);
  }

  #askFor(call: Call, caller: Caller | undefined, before?: AskedBefore): Ask {
    const wanted = this.#limits.flatMap((limit) => {
      const key = limit.keyOf(call);
      return key === undefined ? [] : [wantedOf(limit, key, tokensFor(limit, call, this.#history))];
    });
    return this.#ask(call, wanted, caller, (asked) => this.#askFor(call, caller, asked), before);
  }

  #ask(call: Call, wanted: readonly Wanted[], caller: Caller | undefined, again: Ask['again'], before: AskedBefore | undefined): Ask {
    const keys = wanted.flatMap(({ line }) => (line.enforce ? [line.key] : []));
    const { order, waited, lost } = before ?? { order: (this.#asked += 1), waited: undefined, lost: 0 };
    return { call, wanted, keys, order, caller, again, waited, lost };
  }

  #retry(call: Call, grant: LimitGrant, caller: Caller): Maybe<Refusal | undefined> {
    const named = { ...call, id: `${call.id}~r${grant.requests}` };
    const askAgain = (before?: AskedBefore): Ask => this.#ask(named, grant.perRequest, caller, askAgain, before);
    return chain(this.#begin(askAgain(), caller), (answer) => {
      if (answer.kind === 'refused') return answer.refusal;
      if (answer.kind === 'admitted' && answer.grant instanceof LimitGrant) grant.join(answer.grant);
      return undefined;
    });
  }

  #tried(ask: Ask, tried: Tried, caller: Caller | undefined): Maybe<Admission> {
    if (tried.kind === 'refused') return caller?.onItsWay === true ? this.#count(ask) : this.#wait(ask, tried.blocks, caller);
    this.#reporter.admitted(ask.wanted, tried);
    return this.#given(ask.waited === undefined ? tried.grant : tried.grant.marked(this.#told(ask, ask.waited)), caller);
  }

  #wait(ask: Ask, blocks: readonly Block[], caller: Caller | undefined): Maybe<Admission> {
    const objection = this.#room.objection(blocks);
    if (objection !== undefined) return this.#refuse(objection.block, objection.why, ask.waited?.ms ?? 0, ask);
    return this.#room.wait(ask, blocks, caller).then((waited) => this.#waited(ask, waited, caller));
  }

  #waited(ask: Ask, waited: Waited, caller: Caller | undefined): Maybe<Admission> {
    const { waitedMs } = waited;
    if (waited.kind === 'refused') return this.#refuse(waited.block, waited.why, waitedMs, ask);
    const told = { ms: waitedMs, rule: waited.rule };
    // The limits have changed meanwhile, and the app still waits. The store may be about to let it go under those that were.
    if (waited.kind === 'gone' && caller?.onItsWay !== true && caller?.gone !== true && !this.#stopped)
      return this.#begin(ask.again({ order: ask.order, waited: told, lost: ask.lost + 1 }), caller);
    const marks = this.#told(ask, told);
    if (waited.kind === 'gone') return caller?.onItsWay === true ? this.#count({ ...ask, lost: ask.lost + 1 }) : noGrant(marks);
    this.#reporter.admitted(ask.wanted, { would: undefined, away: false });
    return this.#given(waited.grant.marked(marks), caller);
  }

  /** Tells how long a call has waited in all. */
  #told({ call }: Ask, { ms, rule }: AskedBefore['waited']): PolicyMarks {
    this.#reporter.waited(rule, call, ms);
    return marksOf(ms, rule);
  }

  /** Counts a call that is on its way already, whether there is room for it or not. */
  #count(ask: Ask): Maybe<Admission> {
    const wanted = ask.wanted.map(({ limit, line }) => ({ limit, line: { ...line, enforce: false } }));
    return chain(this.#asker.attempt({ ...ask, wanted, keys: [] }, 0), (tried) => {
      if (tried.kind === 'refused') return INDIFFERENT;
      this.#reporter.admitted(wanted, tried);
      return { kind: 'admitted', grant: tried.grant };
    });
  }

  /** What was let through, unless the app called it off while the store was asked: then it is not sent. */
  #given(grant: LimitGrant, caller: Caller | undefined): Admission {
    if (caller?.gone !== true) return { kind: 'admitted', grant };
    grant.release();
    return noGrant(grant.marks);
  }

  #refuse(block: Block, why: Why, waitedMs: number, ask: Ask): Admission {
    const { id } = block.wanted.limit.config;
    const marks = waitedMs > 0 ? this.#told(ask, { ms: waitedMs, rule: id }) : undefined;
    const refusal = refusalOf(block, why, waitedMs, this.#clock.nowMs(), marks);
    this.#reporter.decided(block.wanted, 'refused', why === 'no_wait' ? refusal.code : why);
    return { kind: 'refused', refusal };
  }

  #ended(grant: LimitGrant, call: Call, outcome: Outcome | undefined): void {
    this.#heartbeat.ended(grant);
    if (grant.countsTokens && outcome?.kind === 'completed' && outcome.usage !== undefined)
      this.#history.add(kindOf(call, call.request.model), totalOutput(outcome.usage.buckets));
  }
}

/**
 * Gives the policy that keeps calls inside their limits. Over a store in memory it answers at once, unless a call has to wait.
 * The policy owns the store from now on and closes it in `stop`.
 */
export const createLimitPolicy = (deps: LimitDeps): LimitPolicy => new Limits(deps);
