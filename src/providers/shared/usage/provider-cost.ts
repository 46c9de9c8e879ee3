import type { ProviderCost } from '../../../call/usage.ts';
import { picoUsd } from '../../../call/units.ts';
import type { Json } from '../json.ts';
import { obj, objects } from '../json.ts';
import { picoFromDecimal } from './decimal.ts';

const inField = (amount: unknown, field: string): ProviderCost | undefined => {
  const pico = picoFromDecimal(amount);
  return pico === undefined ? undefined : { amount: pico, field };
};

// With the caller's own key, OpenRouter charges its fee in `cost`, and the provider behind it charges the rest.
const openRouter = (usage: Json): ProviderCost | undefined => {
  const own = inField(usage['cost'], 'usage.cost');
  if (own === undefined || usage['is_byok'] !== true) return own;
  const upstream = picoFromDecimal(obj(usage['cost_details'])?.['upstream_inference_cost']);
  return upstream === undefined ? own : { amount: picoUsd(own.amount + upstream), field: 'usage.cost+usage.cost_details.upstream_inference_cost' };
};

// A tick is 10^-10 dollars.
const ticks = (value: unknown): ProviderCost | undefined =>
  typeof value === 'number' && value >= 0 && Number.isSafeInteger(value)
    ? { amount: picoUsd(BigInt(value) * 100n), field: 'usage.cost_in_usd_ticks' }
    : undefined;

/**
 * Reads what a usage object itself says the call cost, exactly, or `undefined`.
 * @source OpenRouter usage accounting (`usage.cost` in credits of one dollar, `is_byok`): openrouter.ai/docs/use-cases/usage-accounting, 2026
 * @source xAI `cost_in_usd_ticks`, 10^10 ticks a dollar: docs.x.ai/docs/api-reference, 2026
 * @source Perplexity `usage.cost.total_cost`: docs.perplexity.ai/api-reference, 2026
 */
export const providerCostOf = (usage: Json | undefined): ProviderCost | undefined => {
  if (usage === undefined) return undefined;
  const cost = usage['cost'];
  if (typeof cost === 'number' || typeof cost === 'string') return openRouter(usage);
  if (cost !== undefined && cost !== null) return inField(obj(cost)?.['total_cost'], 'usage.cost.total_cost');
  return ticks(usage['cost_in_usd_ticks']);
};

/** Whether the caller's own key answered at last: the gateway debits nothing then, and the provider behind it bills its price. */
const isOwnKey = (routing: Json | undefined): boolean => {
  const attempts = [...objects(routing?.['attempts']), ...objects(routing?.['modelAttempts']).flatMap((model) => objects(model['providerAttempts']))];
  return attempts.some((attempt) => attempt['credentialType'] === 'byok' && attempt['success'] === true);
};

/**
 * Reads the cost that the Vercel AI gateway states beside the usage, or `undefined`. `holder` is a response, a message or a delta.
 * @source vercel.com/docs/ai-gateway: `provider_metadata.gateway.cost`, what is debited, and `marketCost`, what it costs at list prices whoever is billed,
 * dollars as decimal strings; `routing` with each attempt's `credentialType`, 2026-11
 */
export const gatewayCostOf = (holder: Json | undefined): ProviderCost | undefined => {
  const metadata = obj(holder?.['provider_metadata']) ?? obj(holder?.['providerMetadata']);
  const gateway = obj(metadata?.['gateway']);
  const debited = inField(gateway?.['cost'], 'provider_metadata.gateway.cost');
  if ((debited !== undefined && debited.amount > 0n) || !isOwnKey(obj(gateway?.['routing']))) return debited;
  return inField(gateway?.['marketCost'], 'provider_metadata.gateway.marketCost') ?? debited;
};
