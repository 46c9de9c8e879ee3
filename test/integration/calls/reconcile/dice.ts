/** Numbers between 0 and 1 that follow from a seed. */
const randomOf = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

/** Draws that follow from a seed. */
export class Dice {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = randomOf(seed);
  }

  /** A whole number from 0. */
  upTo(most: number): number {
    return Math.floor(this.#random() * (most + 1));
  }

  /** One of a list. */
  one<T>(of: readonly T[]): T {
    return of[this.upTo(of.length - 1)] as T;
  }

  /** True in such a share of all draws. */
  odds(share: number): boolean {
    return this.#random() < share;
  }
}
