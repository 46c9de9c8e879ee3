import { Lru } from '../../base/lru.ts';
import type { Call } from '../../call/call.ts';
import type { Cost, PriceCall } from '../../call/cost.ts';
import { priceContext } from '../../call/price-context.ts';
import { NO_TOKENS, type UsageBuckets } from '../../call/usage.ts';

/** The dearest price of one token in each direction, in pico-dollars. */
export interface Rates {
  readonly input: number;
  readonly output: number;
}

/** Prices change by the day, and a table may be loaded anew. */
const FRESH_MS = 60_000;
const KEPT = 500;
const LEAST_PROBE = 1024;
const OUTPUT_PROBE = 1024;

const INPUT_BUCKETS = ['input', 'cacheWrite5m', 'cacheWrite1h'] as const;
const MEDIA_BUCKETS = ['input', 'cacheWrite5m', 'cacheWrite1h', 'audioInput', 'imageInput'] as const;
const OUTPUT_BUCKETS = ['output', 'reasoning'] as const;

interface Known {
  readonly atMs: number;
  readonly rates: Rates | undefined;
}

// Prices may rise with the length of the prompt, never fall: the price at the next power of two is a bound for all lengths below it.
const probeSize = (tokens: number): number => 2 ** Math.ceil(Math.log2(Math.max(LEAST_PROBE, tokens)));

const amountOf = (cost: Cost): number | undefined => (cost.kind === 'priced' && cost.unpriced.length === 0 ? Number(cost.amount) : undefined);

/** The price of a call by its model, linear within a size of prompt, so that admission costs no arithmetic of big integers. */
export class RateCard {
  readonly #price: PriceCall;
  readonly #known = new Lru<string, Known>(KEPT);
  /** Several budgets of one call ask the same. */
  #last: { readonly call: Call; readonly model: string | undefined; readonly inputTokens: number; readonly rates: Rates | undefined } | undefined;

  constructor(price: PriceCall) {
    this.#price = price;
  }

  /** Gives the rates of a model for prompts of up to so many tokens, or `undefined` when nobody knows its price. */
  of(call: Call, model: string | undefined, inputTokens: number, nowMs: number): Rates | undefined {
    const last = this.#last;
    if (last !== undefined && last.call === call && last.model === model && last.inputTokens === inputTokens) return last.rates;
    const rates = this.#lookUp(call, model, probeSize(inputTokens), nowMs);
    this.#last = { call, model, inputTokens, rates };
    return rates;
  }

  /** Asks anew from now on: prices have changed. */
  forget(): void {
    this.#known.clear();
    this.#last = undefined;
  }

  #lookUp(call: Call, model: string | undefined, size: number, nowMs: number): Rates | undefined {
    const { request } = call;
    const key = `${call.provider}|${model}|${call.baseUrl}|${call.serverAddress}|${size}|${request.serviceTier}|${request.speed}|${request.geo}|${request.promptHasMedia}|${call.operation === 'batch'}`;
    const known = this.#known.get(key);
    if (known !== undefined && nowMs - known.atMs < FRESH_MS) return known.rates;
    const rates = this.#probe(call, model, size);
    this.#known.set(key, { atMs: nowMs, rates });
    return rates;
  }

  #probe(call: Call, model: string | undefined, size: number): Rates | undefined {
    const { request } = call;
    const context = priceContext(call);
    const ask = (more: Partial<UsageBuckets>): number | undefined =>
      amountOf(
        this.#price({
          provider: call.provider,
          requestModel: model,
          responseModel: undefined,
          at: call.startedAt,
          usage: { buckets: { ...NO_TOKENS, ...more }, flags: [] },
          context,
        }),
      );
    const inputs = (request.promptHasMedia === true ? MEDIA_BUCKETS : INPUT_BUCKETS).map((bucket) => ask({ [bucket]: size }));
    const plain = inputs[0];
    if (plain === undefined) return undefined;
    // With a prompt of full size beside it, since a long prompt may make the answer dearer too.
    const outputs = OUTPUT_BUCKETS.map((bucket) => ask({ input: size, [bucket]: OUTPUT_PROBE }));
    const output = Math.max(...outputs.map((amount) => (amount ?? plain) - plain));
    return { input: Math.max(...inputs.map((amount) => amount ?? 0)) / size, output: output / OUTPUT_PROBE };
  }
}

/** Prices tokens at rates, in whole nano-dollars, rounded up. */
export const priceTokens = (rates: Rates, input: number, output: number): number => Math.ceil((rates.input * input + rates.output * output) / 1000);
