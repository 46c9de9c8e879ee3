import type { PerCallFees, Usage, UsageBuckets, UsageFlag, UsagePass } from '../../../call/usage.ts';
import { addBuckets, NO_TOKENS, totalCacheWrite } from '../../../call/usage.ts';
import type { Json } from '../json.ts';
import { list, obj, str } from '../json.ts';
import { providerCostOf } from './provider-cost.ts';
import { feesOf, Tally, within } from './tally.ts';

// The split by life says which part of the writes is dear; what it leaves open is taken as five minutes.
const writesOf = (tally: Tally, usage: Json, splitIsStale: boolean): { readonly cacheWrite5m: number; readonly cacheWrite1h: number } => {
  const split = obj(usage['cache_creation']);
  const stated5m = tally.count(split?.['ephemeral_5m_input_tokens']);
  const stated1h = tally.count(split?.['ephemeral_1h_input_tokens']);
  const given = usage['cache_creation_input_tokens'];
  const total = given === undefined || given === null ? stated5m + stated1h : tally.count(given);
  if (total !== stated5m + stated1h) tally.flag(split === undefined || splitIsStale ? 'write_split_unknown' : 'write_split_mismatch');
  const cacheWrite1h = within(stated1h, total);
  return { cacheWrite5m: total - cacheWrite1h, cacheWrite1h };
};

const bucketsOf = (tally: Tally, usage: Json, splitIsStale: boolean): UsageBuckets => {
  const output = tally.count(usage['output_tokens']);
  const reasoning = within(tally.count(obj(usage['output_tokens_details'])?.['thinking_tokens']), output);
  return {
    ...NO_TOKENS,
    input: tally.count(usage['input_tokens']),
    cacheRead: tally.count(usage['cache_read_input_tokens']),
    ...writesOf(tally, usage, splitIsStale),
    output: output - reasoning,
    reasoning,
  };
};

const sameTokens = (a: UsageBuckets, b: UsageBuckets): boolean =>
  a.input === b.input && a.cacheRead === b.cacheRead && totalCacheWrite(a) === totalCacheWrite(b) && a.output + a.reasoning === b.output + b.reasoning;

// Passes do not split thinking from output: what the top level states is taken out of their sum.
const summed = (top: UsageBuckets, passes: readonly UsagePass[]): UsageBuckets => {
  const sum = passes.reduce((total, pass) => addBuckets(total, pass.buckets), NO_TOKENS);
  const output = sum.output + sum.reasoning;
  const reasoning = within(Math.max(top.reasoning, sum.reasoning), output);
  return { ...sum, output: output - reasoning, reasoning };
};

/**
 * Converts `usage` of an Anthropic message. Input comes without cached and written tokens, output with thinking. Where `iterations` list several
 * passes (compaction, advisor, fallback) the top level leaves whole passes out: the buckets hold the sum, `passes` each one with its model.
 * `splitIsStale` says that the writes were updated by a `message_delta`, which never carries their split by life.
 * @source @anthropic-ai/sdk 1.11 `Usage`, `BetaUsage.iterations`; 13 of 13 recorded responses with iterations differ from their top level, 2026-08
 */
export const anthropicUsage = (usage: Json, splitIsStale = false): Usage => {
  const tally = new Tally();
  const top = bucketsOf(tally, usage, splitIsStale);
  const tools = obj(usage['server_tool_use']);
  const extra = { fees: feesOf({ webSearch: tally.count(tools?.['web_search_requests']) }), providerCost: providerCostOf(usage) };
  const iterations = list(usage['iterations']);
  if (iterations.length === 0) return tally.usage(top, extra);
  const passes: UsagePass[] = iterations.flatMap((one) => {
    const pass = obj(one);
    return pass === undefined ? [] : [{ model: str(pass['model']), buckets: bucketsOf(tally, pass, false) }];
  });
  const sum = summed(top, passes);
  const nothingLeftOut = sameTokens(sum, top);
  if (passes.length === 0 || (nothingLeftOut && passes.every((pass) => pass.model === undefined))) return tally.usage(top, extra);
  if (!nothingLeftOut) tally.flag('iterations_summed');
  return tally.usage(sum, { ...extra, passes });
};

const feesIn = (counts: PerCallFees): Pick<Usage, 'fees'> => {
  const fees = feesOf(counts);
  return fees === undefined ? {} : { fees };
};

/** What an answer used, and the model that made it. */
export interface Answer {
  readonly model: string | undefined;
  readonly usage: Usage;
}

const passesOf = ({ model, usage }: Answer): readonly UsagePass[] => usage.passes ?? [{ model, buckets: usage.buckets }];

/** Adds what other answers to the same request used, each as a pass on its own model. */
export const withOthers = (usage: Usage, others: readonly Answer[]): Usage => {
  const fees = [usage, ...others.map((other) => other.usage)].map((one) => one.fees?.webSearch ?? 0);
  return {
    ...usage,
    buckets: others.reduce((sum, other) => addBuckets(sum, other.usage.buckets), usage.buckets),
    flags: [...new Set<UsageFlag>([...usage.flags, ...others.flatMap((other) => other.usage.flags), 'iterations_summed'])],
    passes: [...others.flatMap(passesOf), ...passesOf({ model: undefined, usage })],
    ...feesIn({ webSearch: fees.reduce((sum, count) => sum + count, 0) }),
  };
};
