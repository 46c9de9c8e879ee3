import { timers } from '../../base/timers.ts';
import type { Clock } from '../../base/clock.ts';
import { fault } from '../../base/diag.ts';
import type { Maybe } from '../../call/budget-store.ts';
import type { Caller } from '../../call/policy.ts';
import type { Ask, Tried } from './asker.ts';
import { BlockedKeys } from './blocked-keys.ts';
import { Lanes } from './lanes.ts';
import type { LimitGrant } from './limit-grant.ts';
import type { Block, Why } from './refusal.ts';

/** How a wait ended. */
export type Waited = { readonly waitedMs: number } & (
  | { readonly kind: 'admitted'; readonly grant: LimitGrant; readonly rule: string }
  | { readonly kind: 'refused'; readonly block: Block; readonly why: Why }
  /** Its caller is gone, or the limits are. */
  | { readonly kind: 'gone'; readonly rule: string }
);

interface Entry {
  readonly ask: Ask;
  readonly order: number;
  readonly flow: string;
  readonly sinceMs: number;
  readonly resolve: (waited: Waited) => void;
  readonly leave: () => void;
  on: readonly Block[];
  timer: NodeJS.Timeout | undefined;
  done: boolean;
}

/** What the room works with. */
export interface RoomDeps {
  readonly clock: Clock;
  readonly isShared: () => boolean;
  /** Asks for what a call wants, which has waited so long for its turn. */
  readonly attempt: (ask: Ask, turnMs: number) => Maybe<Tried>;
  /** Told how many wait for a limit. */
  readonly lengthOf: (rule: string, length: number) => void;
}

const keyOf = ({ wanted }: Block): string => wanted.line.key;
const ruleOf = (blocks: readonly Block[]): string => blocks[0]?.wanted.limit.config.id ?? '';

const roomMs = ({ state }: Block): number => state?.roomInMs ?? 0;

/** Where calls wait for room. Timers hold the process only while somebody waits, as the app's own request would. */
export class WaitingRoom {
  readonly #deps: RoomDeps;
  readonly #lanes = new Lanes<Entry>();
  readonly #blocked: BlockedKeys;
  /** How many wait for each key, and when one of them went last. */
  readonly #waiting = new Map<string, { count: number; servedMs: number }>();
  readonly #lengths = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #asking = false;

  constructor(deps: RoomDeps) {
    this.#deps = deps;
    this.#blocked = new BlockedKeys(deps.isShared);
  }

  /** What a call would wait for together with others that came before it; nothing when it may try at once. */
  ahead(ask: Ask): readonly Block[] {
    if (this.#waiting.size === 0) return [];
    const nowMs = this.#deps.clock.monotonicMs();
    return ask.wanted.flatMap((wanted) => {
      const { key, enforce } = wanted.line;
      const last = enforce && this.#waiting.has(key) ? this.#blocked.last(key, nowMs) : undefined;
      return last === undefined ? [] : [{ ...last, wanted }];
    });
  }

  /** Why a call cannot begin to wait for these, if so. */
  objection(blocks: readonly Block[]): { readonly block: Block; readonly why: Why } | undefined {
    for (const block of blocks) {
      const { config } = block.wanted.limit;
      if (block.state !== undefined && block.wanted.line.amount > block.state.limit) return { block, why: 'too_large' };
      if (config.maxWaitMs === 0 || block.state === undefined) return { block, why: 'no_wait' };
      // What was taken by requests is not given back before its time.
      if (config.unit === 'requests' && roomMs(block) > config.maxWaitMs) return { block, why: 'hopeless' };
      if ((this.#waiting.get(keyOf(block))?.count ?? 0) >= config.maxQueue) return { block, why: 'queue_full' };
    }
    return undefined;
  }

  /** Waits for room. Resolves when there is some, when the deadline has come, or at once when the caller is gone. */
  wait(ask: Ask, blocks: readonly Block[], caller: Caller | undefined): Promise<Waited> {
    if (caller?.gone === true) return Promise.resolve({ kind: 'gone', rule: ruleOf(blocks), waitedMs: ask.waited?.ms ?? 0 });
    return new Promise((resolve) => {
      const nowMs = this.#deps.clock.monotonicMs();
      const flow = blocks[0]?.wanted.limit.flowOf(ask.call) ?? '';
      const leave = (): void => this.#close(entry, { kind: 'gone', rule: ruleOf(entry.on), waitedMs: this.#sinceMs(entry) });
      const off = caller?.onGone(leave);
      const entry: Entry = {
        ask,
        order: ask.order,
        flow,
        sinceMs: nowMs - (ask.waited?.ms ?? 0),
        resolve: (waited) => {
          off?.();
          resolve(waited);
        },
        leave,
        on: [],
        timer: undefined,
        done: false,
      };
      this.#lanes.add(flow, ask.keys, entry);
      for (const block of blocks) if (this.#blocked.last(keyOf(block), nowMs) === undefined) this.#blocked.block(keyOf(block), block, nowMs);
      this.#waitFor(entry, blocks);
      this.#pump();
    });
  }

  /** Lets those that wait try again: there may be room in these keys. */
  freed(keys: readonly string[]): void {
    if (this.#lanes.size === 0) return;
    for (const key of keys) this.#blocked.free(key);
    this.#pump();
  }

  /** Lets all go on, or try again under other limits. */
  clear(): void {
    for (const entry of this.#lanes.all) entry.leave();
    timers.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #sinceMs(entry: Entry): number {
    return this.#deps.clock.monotonicMs() - entry.sinceMs;
  }

  #waitFor(entry: Entry, blocks: readonly Block[]): void {
    // Added first, so that a key is not forgotten in between.
    for (const block of blocks) this.#count(block, 1);
    for (const block of entry.on) this.#count(block, -1);
    entry.on = blocks;
    timers.clearTimeout(entry.timer);
    if (blocks.length === 0) return;
    const mostMs = Math.min(...blocks.map(({ wanted }) => wanted.limit.config.maxWaitMs));
    entry.timer = timers.setTimeout(() => this.#late(entry), Math.max(0, mostMs - this.#sinceMs(entry)));
  }

  #count({ wanted }: Block, by: 1 | -1): void {
    const { key } = wanted.line;
    const known = this.#waiting.get(key);
    const count = (known?.count ?? 0) + by;
    if (count === 0) {
      this.#waiting.delete(key);
      this.#blocked.forget(key);
    } else if (known === undefined) this.#waiting.set(key, { count, servedMs: -Infinity });
    else known.count = count;
    const rule = wanted.limit.config.id;
    const length = (this.#lengths.get(rule) ?? 0) + by;
    this.#lengths.set(rule, length);
    this.#deps.lengthOf(rule, length);
  }

  #late(entry: Entry): void {
    const worst = [...entry.on].sort((a, b) => roomMs(b) - roomMs(a))[0];
    if (worst === undefined) return entry.leave();
    this.#close(entry, { kind: 'refused', block: worst, why: 'deadline', waitedMs: this.#sinceMs(entry) });
  }

  #close(entry: Entry, waited: Waited): void {
    if (entry.done) return;
    entry.done = true;
    timers.clearTimeout(entry.timer);
    this.#lanes.remove(entry.flow, entry.ask.keys, entry, waited.kind === 'admitted');
    this.#waitFor(entry, []);
    entry.resolve(waited);
    this.#schedule();
  }

  #schedule(): void {
    timers.clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#lanes.size === 0 || this.#asking) return;
    const pauseMs = this.#blocked.nextMs - this.#deps.clock.monotonicMs();
    this.#timer = timers.setTimeout(() => this.#pump(), Math.min(60_000, Math.max(0, Math.ceil(pauseMs))));
  }

  /** Asks for one after another until nobody may go. */
  #pump(): void {
    if (this.#asking) return;
    for (;;) {
      const nowMs = this.#deps.clock.monotonicMs();
      const entry = this.#lanes.next((lane) => !lane.keys.some((key) => this.#blocked.isBlocked(key, nowMs)))?.entries[0];
      if (entry === undefined) break;
      const tried = this.#deps.attempt(entry.ask, this.#turnMs(entry, nowMs));
      if (tried instanceof Promise) return this.#later(entry, tried);
      this.#took(entry, tried);
    }
    this.#schedule();
  }

  #later(entry: Entry, tried: Promise<Tried>): void {
    this.#asking = true;
    const came = tried.then(
      (answer) => this.#took(entry, answer),
      (error: unknown) => {
        fault('limits.wait', error);
        entry.leave();
      },
    );
    void came.finally(() => {
      this.#asking = false;
      this.#pump();
    });
  }

  // A process that let one of many go is at the end of the line again, so that other processes have their turn.
  #turnMs({ on, sinceMs }: Entry, nowMs: number): number {
    return nowMs - Math.max(sinceMs, ...on.map((block) => this.#waiting.get(keyOf(block))?.servedMs ?? -Infinity));
  }

  #took(entry: Entry, tried: Tried): void {
    if (entry.done) {
      if (tried.kind === 'admitted') tried.grant.release();
      return;
    }
    const nowMs = this.#deps.clock.monotonicMs();
    if (tried.kind === 'admitted') {
      const rule = ruleOf(entry.on);
      for (const block of entry.on) {
        const waiting = this.#waiting.get(keyOf(block));
        if (waiting !== undefined) waiting.servedMs = nowMs;
        this.#blocked.free(keyOf(block));
      }
      return this.#close(entry, { kind: 'admitted', grant: tried.grant, rule, waitedMs: nowMs - entry.sinceMs });
    }
    const full = new Set(tried.blocks.map(keyOf));
    for (const key of entry.ask.keys) if (!full.has(key)) this.#blocked.free(key);
    for (const block of tried.blocks) this.#blocked.block(keyOf(block), block, nowMs);
    this.#waitFor(entry, tried.blocks);
  }
}
