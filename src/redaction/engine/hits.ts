/** A stretch that one detector claims, with the reason in a few words for `--explain`. */
export interface Hit {
  readonly detector: string;
  readonly start: number;
  /** Behind the last unit. */
  readonly end: number;
  readonly why: string;
}

/** The scan of one value went over its time or its number of findings. */
export class BudgetSpent extends Error {
  override readonly name = 'BudgetSpent';
  readonly reason: 'time' | 'findings';

  constructor(reason: 'time' | 'findings') {
    super(`redaction budget spent: ${reason}`);
    this.reason = reason;
  }
}

/** Takes the hits of one value and watches its budget. */
export class HitList {
  readonly hits: Hit[] = [];
  readonly #isOn: (detector: string) => boolean;
  readonly #maxHits: number;
  readonly #nowMs: () => number;
  readonly #deadlineMs: number;
  #ticks = 0;

  constructor(budget: { readonly maxHits: number; readonly deadlineMs: number; readonly nowMs: () => number; readonly isOn: (detector: string) => boolean }) {
    this.#maxHits = budget.maxHits;
    this.#deadlineMs = budget.deadlineMs;
    this.#nowMs = budget.nowMs;
    this.#isOn = budget.isOn;
  }

  /** Notes a hit unless its detector is off. @throws BudgetSpent beyond the number allowed */
  add(detector: string, start: number, end: number, why: string): void {
    if (end <= start || !this.#isOn(detector)) return;
    if (this.hits.length >= this.#maxHits) throw new BudgetSpent('findings');
    this.hits.push({ detector, start, end, why });
  }

  /** Looks at the clock now and then. @throws BudgetSpent after the deadline */
  tick(): void {
    if ((++this.#ticks & 1023) === 0 && this.#nowMs() > this.#deadlineMs) throw new BudgetSpent('time');
  }

  /** A list for the same value seen in another form, with the same deadline. */
  child(): HitList {
    return new HitList({ maxHits: this.#maxHits, deadlineMs: this.#deadlineMs, nowMs: this.#nowMs, isOn: this.#isOn });
  }
}

/** Orders hits and merges those that overlap; the one that starts first, and among those the longest, gives its name. */
export const mergeHits = (hits: readonly Hit[]): readonly Hit[] => {
  if (hits.length < 2) return hits;
  const sorted = [...hits].sort((a, b) => a.start - b.start || b.end - a.end);
  const merged: Hit[] = [];
  for (const hit of sorted) {
    const last = merged.at(-1);
    if (last === undefined || hit.start >= last.end) merged.push(hit);
    else if (hit.end > last.end) merged[merged.length - 1] = { ...last, end: hit.end };
  }
  return merged;
};
