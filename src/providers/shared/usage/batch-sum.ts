import { addBuckets, NO_TOKENS, totalInput, type PerCallFees, type Usage, type UsageBuckets, type UsageFlag, type UsagePass } from '../../../call/usage.ts';
import { feesOf } from './tally.ts';

/** No long-context rate begins at a shorter prompt, so that what is below may be priced together. */
const SHORT_PROMPT = 100_000;

type Fees = { -readonly [K in keyof PerCallFees]: number };

/**
 * Adds up the usage of a batch's results. Those of a model whose prompts are short become one pass, each with a long prompt stays a pass of its own: a
 * batch may have a hundred thousand.
 */
export class BatchSum {
  #buckets: UsageBuckets = NO_TOKENS;
  readonly #flags = new Set<UsageFlag>();
  readonly #fees: Fees = {};
  readonly #short = new Map<string | undefined, UsagePass>();
  readonly #long: UsagePass[] = [];

  /** Adds one result, which `model` made. */
  add(usage: Usage, model: string | undefined): void {
    this.#buckets = addBuckets(this.#buckets, usage.buckets);
    for (const flag of usage.flags) this.#flags.add(flag);
    for (const [fee, times] of Object.entries(usage.fees ?? {}) as [keyof PerCallFees, number][]) this.#fees[fee] = (this.#fees[fee] ?? 0) + times;
    for (const pass of usage.passes ?? [{ model, buckets: usage.buckets }]) this.#addPass(pass.model ?? model, pass.buckets);
  }

  /** Gives what was added; `undefined` where nothing was. */
  get usage(): Usage | undefined {
    const passes = [...this.#short.values(), ...this.#long];
    if (passes.length === 0) return undefined;
    const fees = feesOf(this.#fees);
    return { buckets: this.#buckets, flags: [...this.#flags], passes, ...(fees === undefined ? {} : { fees }) };
  }

  #addPass(model: string | undefined, buckets: UsageBuckets): void {
    const prompt = totalInput(buckets);
    if (prompt > SHORT_PROMPT) {
      this.#long.push({ model, buckets });
      return;
    }
    const before = this.#short.get(model);
    const longest = Math.max(before?.longestPrompt ?? 0, prompt);
    this.#short.set(model, { model, buckets: before === undefined ? buckets : addBuckets(before.buckets, buckets), longestPrompt: longest });
  }
}
