import type { PriceMatch } from '../call/cost.ts';
import { compileCard, type Card } from './engine/card.ts';
import { findModel, type Found } from './match/find-model.ts';
import { isPrivateAddress, providerId } from './match/provider-id.ts';
import type { OverrideCard, Overrides, Place } from './overrides/overrides.ts';
import type { IsNamed } from './settings.ts';
import type { PriceTable } from './table/price-table.ts';

/** How the price of a model comes about, worked out once for each provider, address and name. */
export interface Resolution {
  readonly cards: readonly Card[];
  /** Cards of the owner's overrides, which come before those of the table. */
  readonly overrides: readonly OverrideCard[];
  readonly match: PriceMatch;
  /** False when the name, the provider or the endpoint had to be guessed from a near one. */
  readonly certain: boolean;
  readonly matchedModel: string | undefined;
  /** Whether the owner or the provider says that it costs nothing. */
  readonly free: boolean;
}

/** Why a name has no price. */
export type Unresolved = 'unknown_model' | 'unknown_provider' | 'private_host';

/** Names whose weights are open, so that the same name on a private host is somebody's own machine. */
const OPEN_WEIGHTS = /(?:gpt-oss|llama|qwen|mi[sx]tral|gemma|phi-?\d|deepseek|glm|kimi)/i;

/** A private host sells nothing under the name of a model with open weights, unless its owner says who answers there. */
const findAt = (table: PriceTable, { providerId: id, model }: Place, local: boolean): Found | undefined =>
  id === undefined || (local && OPEN_WEIGHTS.test(model)) ? undefined : findModel(table, id, model);

/** What a name stands for by the owner's aliases, and where it is called. */
const placeOf = (
  table: PriceTable,
  overrides: Overrides,
  provider: string,
  name: string,
  baseUrl: string | undefined,
): Place & { readonly aliased: boolean; readonly named: boolean } => {
  const alias = overrides.alias(provider, name);
  const owner = alias?.provider ?? provider;
  return {
    provider: owner,
    providerId: providerId(table, owner, baseUrl),
    model: alias?.model ?? name,
    baseUrl,
    aliased: alias !== undefined,
    named: alias?.provider !== undefined,
  };
};

/** What names are looked up in. */
export interface PriceSources {
  readonly table: PriceTable;
  readonly overrides: Overrides;
  readonly isNamed: IsNamed;
}

/** Why a name without any price has none. */
const unresolved = ({ providerId: id }: Place, local: boolean): Unresolved => {
  if (id === undefined) return 'unknown_provider';
  return local ? 'private_host' : 'unknown_model';
};

/** Works out how the price of a model comes about. */
export const resolve = (sources: PriceSources, provider: string, name: string, baseUrl: string | undefined): Resolution | Unresolved => {
  const { table, overrides, isNamed } = sources;
  const place = placeOf(table, overrides, provider, name, baseUrl);
  if (overrides.isFree(place)) return freeOfCharge(place.model);
  const local = baseUrl !== undefined && isPrivateAddress(baseUrl) && !place.named && !isNamed(provider, baseUrl);
  const found = findAt(table, place, local);
  const discount = overrides.discount(place);
  const own = overrides.cards(place, found, discount);
  if (found === undefined) {
    if (own.length === 0) return unresolved(place, local);
    return { cards: [], overrides: own, match: 'override', certain: false, matchedModel: undefined, free: false };
  }
  return {
    cards: found.data.c.map((card) => compileCard(card, found.flat, discount)),
    overrides: own,
    match: place.aliased && found.match === 'exact' ? 'alias' : found.match,
    certain: found.certain && !local,
    matchedModel: found.provider === place.providerId ? found.id : `${found.provider}/${found.id}`,
    free: isFree(found) || place.model.endsWith(':free'),
  };
};

const isFree = (found: Found): boolean => found.data.c.some((card) => card.free === 1);

const freeOfCharge = (model: string): Resolution => ({ cards: [], overrides: [], match: 'free', certain: true, matchedModel: model, free: true });
