import type { PriceContext } from '../../call/cost.ts';

/** One thing that moves the rates, by its key in a card's factors. */
interface VariantPart {
  readonly key: string;
  /** How it is called when a card has no factor for it. */
  readonly label: string;
  /** Whether a card without a factor for it leaves part of the price unknown. */
  readonly required: boolean;
}

/** The tier, speed and place of a call as far as they move its price. */
export interface Variant {
  readonly key: string;
  /** The canonical tier, or the empty string for the standard one. */
  readonly tier: string;
  readonly parts: readonly VariantPart[];
}

/** The standard tier at no particular place. */
export const standardVariant: Variant = { key: '', tier: '', parts: [] };

const STANDARD_TIERS: ReadonlySet<string> = new Set(['', 'default', 'standard', 'auto', 'standard_only', 'on_demand', 'ondemand', 'unspecified', 'regular']);
const TIER_NAMES: Readonly<Record<string, string>> = {
  batches: 'batch',
  // OpenAI renamed priority processing on 2026-07-30; Anthropic's fast mode is a speed, not a tier.
  fast: 'priority',
  on_demand_flex: 'flex',
  on_demand_priority: 'priority',
  provisioned_throughput: 'provisioned',
};

const tiers = new Map<string, string>();

/**
 * Gives the one name for a tier that OpenAI, Anthropic, Gemini (`SERVICE_TIER_FLEX`), Vertex (`ON_DEMAND`) and Bedrock write
 * differently; the empty string for the standard tier.
 */
export const canonicalTier = (raw: string): string => {
  const known = tiers.get(raw);
  if (known !== undefined) return known;
  const lower = raw
    .trim()
    .toLowerCase()
    .replaceAll('-', '_')
    .replace(/^service_tier_/, '');
  const tier = STANDARD_TIERS.has(lower) ? '' : (TIER_NAMES[lower] ?? lower);
  if (tiers.size < 100) tiers.set(raw, tier);
  return tier;
};

const NO_PLACE: ReadonlySet<string> = new Set(['', 'global', 'not_available', 'default', 'unknown']);

const places = new Map<string, string>();

/** The place that an address names: OpenAI's `eu.api.openai.com` and the like. */
const placeOfAddress = (baseUrl: string): string => {
  const known = places.get(baseUrl);
  if (known !== undefined) return known;
  const place = /^(?:https?:\/\/)?([a-z]{2})\.api\.openai\.com/.exec(baseUrl)?.[1] ?? '';
  if (places.size < 1000) places.set(baseUrl, place);
  return place;
};

/** Gives where a call ran as far as it moves the price, in lower case: what the provider said, else what the address says; empty for nowhere in particular. */
export const placeOf = (context: PriceContext): string => {
  if (context.geo !== undefined) return NO_PLACE.has(context.geo) ? '' : context.geo.toLowerCase();
  return context.baseUrl === undefined ? '' : placeOfAddress(context.baseUrl);
};

const tierOf = ({ batch, servedTier }: PriceContext): string => {
  if (batch === true) return 'batch';
  return servedTier === undefined ? '' : canonicalTier(servedTier);
};

const speedOf = ({ speed }: PriceContext): string => (speed === undefined || speed === 'standard' ? '' : speed.toLowerCase());

const regionOf = ({ region }: PriceContext): string => (region === undefined || NO_PLACE.has(region) ? '' : 'region');

/** Gives what of a call's context moves its price. */
export const variantOf = (context: PriceContext): Variant => {
  const tier = tierOf(context);
  const speed = speedOf(context);
  const place = placeOf(context);
  const region = regionOf(context);
  if (tier === '' && speed === '' && place === '' && region === '') return standardVariant;
  // A card without a factor for a place has the same price everywhere; one without a factor for a tier does not say.
  const parts: readonly VariantPart[] = [
    { key: tier, label: `serviceTier:${tier}`, required: true },
    { key: speed, label: `speed:${speed}`, required: true },
    { key: place === '' ? '' : `geo:${place}`, label: `geo:${place}`, required: false },
    { key: region, label: region, required: false },
  ];
  return { key: `${tier}|${speed}|${place}|${region}`, tier, parts: parts.filter((part) => part.key !== '') };
};
