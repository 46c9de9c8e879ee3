import { Lru } from '../../base/lru.ts';

const PER_OCTAVE = 16;
const BINS = PER_OCTAVE * 21;
const DECAY_AT = 4096;
const KEPT = 200;
/** So many calls are the least that a quantile is learnt from. */
const LEAST = 30;

const binOf = (tokens: number): number => (tokens <= 1 ? 0 : Math.min(BINS - 1, Math.ceil(Math.log2(tokens) * PER_OCTAVE)));

/** How many output tokens calls of one kind used: a histogram whose bins are 4 % apart, in which old calls fade. */
class Spread {
  readonly #bins = new Float64Array(BINS);
  #total = 0;
  #most = 0;
  #known: { readonly quantile: number; readonly at: number; readonly tokens: number } | undefined;

  add(tokens: number): void {
    const bin = binOf(tokens);
    this.#bins[bin] = (this.#bins[bin] ?? 0) + 1;
    this.#total += 1;
    this.#most = Math.max(this.#most, tokens);
    if (this.#total < DECAY_AT) return;
    for (let at = 0; at < BINS; at += 1) this.#bins[at] = (this.#bins[at] ?? 0) / 2;
    this.#total /= 2;
    this.#known = undefined;
  }

  quantile(quantile: number): number | undefined {
    if (this.#total < LEAST) return undefined;
    const known = this.#known;
    if (known !== undefined && known.quantile === quantile && this.#total - known.at < LEAST / 2) return known.tokens;
    const tokens = this.#compute(quantile);
    this.#known = { quantile, at: this.#total, tokens };
    return tokens;
  }

  #compute(quantile: number): number {
    let left = this.#total * quantile;
    for (let bin = 0; bin < BINS; bin += 1) {
      left -= this.#bins[bin] ?? 0;
      if (left > 0) continue;
      const tokens = Math.ceil(2 ** (bin / PER_OCTAVE));
      // Too few calls to have seen the tail: what was seen most is taken half as much again.
      return this.#total * (1 - quantile) < 1 ? Math.max(tokens, Math.ceil(this.#most * 1.5)) : tokens;
    }
    return this.#most;
  }
}

/** What calls of each kind have used so far, in this process. */
export class History {
  readonly #spreads = new Lru<string, Spread>(KEPT);

  /** Learns from a call that ended with exact usage. */
  add(kind: string, outputTokens: number): void {
    let spread = this.#spreads.get(kind);
    if (spread === undefined) {
      spread = new Spread();
      this.#spreads.set(kind, spread);
    }
    spread.add(outputTokens);
  }

  /** Gives the output tokens that this share of such calls stays within, or `undefined` while too few were seen. */
  quantile(kind: string, quantile: number): number | undefined {
    return this.#spreads.get(kind)?.quantile(quantile);
  }
}
