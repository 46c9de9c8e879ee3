/** Something that waits in a lane. */
export interface Waiting {
  /** Counts up with each arrival. */
  readonly order: number;
}

/** Calls of one owner that want the same keys: they can only go one after another. */
export interface Lane<T extends Waiting> {
  readonly flow: string;
  readonly keys: readonly string[];
  readonly entries: T[];
}

interface Flow {
  /** How far the owner has come, in turns taken; whoever has come least far is next. */
  at: number;
  lanes: number;
}

/**
 * Those that wait, by turns: within a lane in the order of their arrival, among owners one turn each, whatever the length of their queues.
 * @source P. Goyal et al., "Start-time Fair Queueing", SIGCOMM 1996
 */
export class Lanes<T extends Waiting> {
  readonly #lanes = new Map<string, Lane<T>>();
  readonly #flows = new Map<string, Flow>();
  #at = 0;
  #size = 0;

  /** How many wait. */
  get size(): number {
    return this.#size;
  }

  /** All that wait. */
  get all(): readonly T[] {
    return [...this.#lanes.values()].flatMap((lane) => lane.entries);
  }

  /** Puts an entry where its arrival belongs. */
  add(flow: string, keys: readonly string[], entry: T): void {
    const name = `${flow}\n${keys.join('\n')}`;
    let lane = this.#lanes.get(name);
    if (lane === undefined) {
      lane = { flow, keys, entries: [] };
      this.#lanes.set(name, lane);
      const known = this.#flows.get(flow);
      if (known === undefined) this.#flows.set(flow, { at: this.#at, lanes: 1 });
      else known.lanes += 1;
    }
    // Mostly the last; a store may have answered two calls in another order than they came.
    let index = lane.entries.length;
    while (index > 0 && (lane.entries[index - 1]?.order ?? 0) > entry.order) index -= 1;
    lane.entries.splice(index, 0, entry);
    this.#size += 1;
  }

  /** Takes an entry out. `served`: its owner's turn is used up. */
  remove(flow: string, keys: readonly string[], entry: T, served: boolean): void {
    const name = `${flow}\n${keys.join('\n')}`;
    const lane = this.#lanes.get(name);
    const index = lane?.entries.indexOf(entry) ?? -1;
    if (lane === undefined || index < 0) return;
    lane.entries.splice(index, 1);
    this.#size -= 1;
    const owner = this.#flows.get(flow);
    if (owner !== undefined && served) {
      this.#at = Math.max(this.#at, owner.at);
      owner.at += 1;
    }
    if (lane.entries.length > 0) return;
    this.#lanes.delete(name);
    if (owner !== undefined && (owner.lanes -= 1) === 0) this.#flows.delete(flow);
  }

  /** The lane whose first entry is next, among those that `mayGo`; `undefined` when none may. */
  next(mayGo: (lane: Lane<T>) => boolean): Lane<T> | undefined {
    let best: Lane<T> | undefined;
    for (const lane of this.#lanes.values()) if ((best === undefined || this.#isBefore(lane, best)) && mayGo(lane)) best = lane;
    return best;
  }

  #isBefore(a: Lane<T>, b: Lane<T>): boolean {
    const by = (this.#flows.get(a.flow)?.at ?? 0) - (this.#flows.get(b.flow)?.at ?? 0);
    return by < 0 || (by === 0 && (a.entries[0]?.order ?? 0) < (b.entries[0]?.order ?? 0));
  }
}
