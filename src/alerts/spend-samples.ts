interface Sample {
  readonly atMs: number;
  readonly spent: number;
}

const MOST = 120;

/** How what is spent has grown, kept at intervals. */
export class SpendSamples {
  readonly #stepMs: number;
  #samples: Sample[] = [];

  /** @param horizonMs how far back is looked */
  constructor(horizonMs: number) {
    this.#stepMs = horizonMs / (MOST / 2);
  }

  /** Notes how much is spent at a moment. */
  add(atMs: number, spent: number): void {
    const last = this.#samples.at(-1);
    if (last !== undefined && atMs - last.atMs < this.#stepMs * 0.9) return;
    this.#samples.push({ atMs, spent });
    if (this.#samples.length > MOST) this.#samples.shift();
  }

  /** Spend a millisecond over the last `overMs`; `undefined` while less than half of that is known. */
  rate(atMs: number, spent: number, overMs: number): number | undefined {
    const from = this.#samples.findLast((sample) => atMs - sample.atMs >= overMs) ?? this.#samples[0];
    if (from === undefined || atMs - from.atMs < overMs / 2) return undefined;
    return (spent - from.spent) / (atMs - from.atMs);
  }
}
