import type { Clock } from '../../base/clock.ts';
import type { BudgetStore, HeldLine, Maybe, ReserveAnswer, SettleRequest, Turn } from '../../call/budget-store.ts';
import type { Call } from '../../call/call.ts';
import type { Outcome } from '../../call/outcome.ts';
import type { Caller, PolicyMarks, Refusal } from '../../call/policy.ts';
import { chain, isPromise } from '../budget/maybe.ts';
import { ownSlot } from '../budget/own-slot.ts';
import type { StoreClient } from '../budget/store-client.ts';
import type { Wanted } from './compiled-limit.ts';
import { LimitGrant } from './limit-grant.ts';
import type { Block } from './refusal.ts';

/** What a call has been through under limits that are in force no more. */
export interface AskedBefore extends Pick<Ask, 'order' | 'lost'> {
  readonly waited: { readonly ms: number; readonly rule: string };
}

/** What one call wants of its limits. */
export interface Ask {
  readonly call: Call;
  readonly wanted: readonly Wanted[];
  /** The keys that may refuse it. */
  readonly keys: readonly string[];
  /** Counts up with each call. */
  readonly order: number;
  /** Who waits for it. */
  readonly caller: Caller | undefined;
  /** The same again, under the limits that are in force by then. */
  readonly again: (before: AskedBefore) => Ask;
  /** How long it has waited already, under limits that are in force no more. */
  readonly waited: AskedBefore['waited'] | undefined;
  /** How often the store was asked for this call and its answer not waited for: what may have been reserved then goes by another name. */
  lost: number;
}

/** What asking once gave. */
export type Tried =
  | { readonly kind: 'admitted'; readonly grant: LimitGrant; readonly would: Wanted | undefined; readonly away: boolean }
  | { readonly kind: 'refused'; readonly blocks: readonly Block[] };

/** What asking needs. */
export interface AskerDeps {
  readonly client: StoreClient;
  /** Where this process counts for itself while the store is away; made when it is needed. */
  readonly local: () => BudgetStore;
  readonly clock: Clock;
  /** Names this process among all that share the store. */
  readonly who: string;
  readonly opened: (grant: LimitGrant) => void;
  readonly ended: (grant: LimitGrant, call: Call, outcome: Outcome | undefined) => void;
  /** Asks for one more request of a call. */
  readonly retry: (call: Call, grant: LimitGrant, caller: Caller) => Maybe<Refusal | undefined>;
  readonly freed: (keys: readonly string[]) => void;
}

/** A place among those that wait is kept so long without being asked for again. */
const KEEP_TURN_MS = 1000;

type Reserved = Extract<ReserveAnswer, { kind: 'reserved' }>;
type Refused = Extract<ReserveAnswer, { kind: 'refused' }>;

const overOf = (wanted: readonly Wanted[], answer: Reserved): Wanted | undefined =>
  wanted.find(({ line }, index) => {
    const state = answer.lines[index];
    return !line.enforce && state !== undefined && state.committed + state.reserved > state.limit;
  });

const blocksOf = (wanted: readonly Wanted[], answer: Refused): readonly Block[] =>
  answer.refused.flatMap((index) => {
    const one = wanted[index];
    return one === undefined ? [] : [{ wanted: one, state: answer.lines[index] }];
  });

const choiceOf = ({ limit }: Wanted): string => limit.config.onStoreUnavailable;

/** Rates lapse by themselves: their lease only tells the store when to forget about a call that never ended. */
const RATE_LEASE_MS = 600_000;

const leaseOf = (wanted: readonly Wanted[]): number => {
  const slots = wanted.flatMap(({ line, limit }) => (line.role === 'slots' ? [limit.config.leaseMs] : []));
  return slots.length === 0 ? RATE_LEASE_MS : Math.max(...slots);
};

/** Where a call's lines are held. */
interface Place {
  readonly settle: (request: SettleRequest, then: () => void) => Maybe<void>;
  readonly renew: (id: string, leaseMs: number, lines: readonly HeldLine[]) => Maybe<boolean>;
}

/** Asks the store for what calls want, and holds it for them. */
export class Asker {
  readonly #deps: AskerDeps;
  readonly #shared: Place;
  readonly #own: Place;

  constructor(deps: AskerDeps) {
    this.#deps = deps;
    const { client } = deps;
    this.#shared = {
      settle: (request, then) => client.settle(request, then),
      renew: (id, leaseMs, lines) =>
        chain(
          client.ask(
            (store) => store.extend({ id, leaseMs, lines }),
            () => undefined,
          ),
          (answer) => answer === undefined || answer.kind === 'extended',
        ),
    };
    this.#own = {
      settle: (request, then) => chain(deps.local().settle(request), then),
      renew: (id, leaseMs, lines) => chain(deps.local().extend({ id, leaseMs, lines }), (answer) => answer.kind === 'extended'),
    };
  }

  /** Asks once, for all that a call wants or for none. `turnMs`: how long it has waited for its turn. */
  attempt(ask: Ask, turnMs: number): Maybe<Tried> {
    const lines = ask.wanted.map(({ line }) => line);
    const id = this.#idOf(ask);
    const leaseMs = leaseOf(ask.wanted);
    const { client, who } = this.#deps;
    const waits = ask.wanted.some(({ limit }) => limit.config.maxWaitMs > 0);
    const turn: Turn | undefined =
      client.store.name === 'memory' ? undefined : { who, waitedMs: Math.max(0, Math.round(turnMs)), keepMs: waits ? KEEP_TURN_MS : 0 };
    let asked = false;
    const request = { id, leaseMs, lines, ...(turn === undefined ? {} : { turn }) };
    const answer = client.reserve(
      request,
      () => this.#leave(ask, id),
      () => (asked = true),
    );
    return chain(answer, (came) => this.#answered(ask, id, ask.wanted, came, this.#shared) ?? this.#away(ask, asked));
  }

  /** The process ends, and nobody knows whether the store has reserved: what is on its way is counted, what was never sent is not. */
  #leave(ask: Ask, id: string): void {
    const { caller, wanted } = ask;
    if (caller?.onItsWay !== true) return caller?.gone === true ? this.#forget(id, wanted) : undefined;
    if (caller.outcome === undefined) return undefined;
    const nowMs = this.#deps.clock.nowMs();
    const slots = wanted.map(({ line }) => ownSlot(line.slots, nowMs));
    const opened = this.#open(ask, id, wanted, slots, this.#shared, undefined);
    const settled = opened.kind === 'admitted' ? opened.grant.settle(caller.outcome) : undefined;
    return isPromise(settled) ? void settled : undefined;
  }

  // What the store was asked for may have reached it all the same: it is taken back there.
  #forget(id: string, asked: readonly Wanted[]): void {
    const nowMs = this.#deps.clock.nowMs();
    this.#deps.client.forget({ id, lines: asked.map(({ line }) => ({ ...line, amount: 0, slotMs: ownSlot(line.slots, nowMs) })) });
  }

  #idOf({ call, lost }: Ask): string {
    return lost === 0 ? `limit-${call.id}` : `limit-${call.id}~${lost}`;
  }

  #answered(ask: Ask, id: string, wanted: readonly Wanted[], answer: ReserveAnswer | undefined, place: Place): Tried | undefined {
    // A limit's window has no bounds that a clock could be outside of.
    if (answer === undefined || answer.kind === 'stale_window') return undefined;
    if (answer.kind === 'refused') return { kind: 'refused', blocks: blocksOf(wanted, answer) };
    const slots = answer.lines.map(({ slotMs }) => slotMs);
    return this.#open(ask, id, wanted, slots, place, overOf(wanted, answer));
  }

  #open(ask: Ask, id: string, wanted: readonly Wanted[], slots: readonly number[], place: Place, would: Wanted | undefined): Tried {
    const { opened, ended, retry, freed } = this.#deps;
    const marks: PolicyMarks = would === undefined ? {} : { 'purser.policy.would_limit': would.limit.config.id };
    const deps = {
      ...place,
      freed,
      ended: (grant: LimitGrant, outcome: Outcome | undefined) => ended(grant, ask.call, outcome),
      again: (grant: LimitGrant, caller: Caller) => retry(ask.call, grant, caller),
    };
    const grant = new LimitGrant(deps, { id, wanted, slots, leaseMs: leaseOf(wanted) }, marks);
    opened(grant);
    return { kind: 'admitted', grant, would, away: place === this.#own };
  }

  #away(ask: Ask, isAsked: boolean): Maybe<Tried> {
    if (isAsked && ask.wanted.length > 0) {
      this.#forget(this.#idOf(ask), ask.wanted);
      ask.lost += 1;
    }
    const blocking = ask.wanted.filter((wanted) => wanted.line.enforce && choiceOf(wanted) === 'block');
    if (blocking.length > 0) return { kind: 'refused', blocks: blocking.map((wanted) => ({ wanted, state: undefined })) };
    const own = ask.wanted.filter((wanted) => choiceOf(wanted) === 'local');
    const id = this.#idOf(ask);
    const answer = own.length === 0 ? undefined : this.#deps.local().reserve({ id, leaseMs: leaseOf(own), lines: own.map(({ line }) => line) });
    const open = (came: ReserveAnswer | undefined): Tried => this.#answered(ask, id, own, came, this.#own) ?? this.#open(ask, id, [], [], this.#own, undefined);
    return chain(answer, open);
  }
}
