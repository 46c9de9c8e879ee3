import type { PriceMatch } from '../../call/cost.ts';
import type { ModelData, PriceTable, ProviderData } from '../table/price-table.ts';
import { bareId, fineTunedBase, isDate, isHarmlessEnd, isHarmlessStart, withoutDate } from './model-id.ts';

/** A model of the table, and how it was found. */
export interface Found {
  readonly provider: string;
  readonly id: string;
  readonly data: ModelData;
  /** Whether the provider's page gives one price for all modalities. */
  readonly flat: boolean;
  readonly match: PriceMatch;
  /** False when the name or the provider had to be guessed from a near one. */
  readonly certain: boolean;
}

type Hit = Omit<Found, 'provider' | 'flat'>;

const exactIndex = new WeakMap<ProviderData, ReadonlyMap<string, string>>();

/** Every id and equal alias of a provider in lower case, with the id of its model; made once, when the provider is first met. */
const indexOf = (provider: ProviderData): ReadonlyMap<string, string> => {
  const known = exactIndex.get(provider);
  if (known !== undefined) return known;
  const index = new Map<string, string>();
  for (const id of Object.keys(provider.models)) index.set(id.toLowerCase(), id);
  for (const [id, model] of Object.entries(provider.models))
    for (const alias of model.a ?? []) if (!/^[\^~$/]/.test(alias) && !index.has(alias.toLowerCase())) index.set(alias.toLowerCase(), id);
  exactIndex.set(provider, index);
  return index;
};

const exact = (provider: ProviderData, name: string, match: (id: string) => PriceMatch, certain: boolean): Hit | undefined => {
  const id = indexOf(provider).get(name);
  const data = id === undefined ? undefined : provider.models[id];
  return id === undefined || data === undefined ? undefined : { id, data, match: match(id), certain };
};

/** How much of `name` a pattern covers, or -1 when it does not fit or when what is left over makes it another model. */
const cover = (pattern: string, name: string): { readonly length: number; readonly rest: string } | undefined => {
  const text = pattern.slice(1).toLowerCase();
  switch (pattern.charAt(0)) {
    case '^':
      return name.startsWith(text) ? accept('', name.slice(text.length), text, name) : undefined;
    case '~': {
      const at = name.indexOf(text);
      return at < 0 ? undefined : accept(name.slice(0, at), name.slice(at + text.length), text, name);
    }
    case '$':
      return name.endsWith(text) ? accept(name.slice(0, -text.length), '', text, name) : undefined;
    case '/':
      return new RegExp(pattern.slice(1, -1)).test(name) ? { length: name.length, rest: withoutDate(name) === undefined ? '' : '-20000101' } : undefined;
    default:
      return undefined;
  }
};

const accept = (start: string, rest: string, text: string, name: string): { readonly length: number; readonly rest: string } | undefined =>
  isHarmlessStart(start) && (isHarmlessEnd(rest) || name.startsWith('ft:')) ? { length: text.length, rest } : undefined;

/** What is left of a name says how far the pattern carries: a date, a mere version, or something that is only known to be harmless. */
const kindOf = (rest: string): Pick<Hit, 'match' | 'certain'> => {
  if (isDate(rest)) return { match: 'dated', certain: true };
  if (rest === '' || rest === '-latest' || /^-v\d+/.test(rest)) return { match: 'alias', certain: true };
  return { match: 'prefix', certain: false };
};

/** The pattern that covers most of the name wins, whatever the order of the table. */
const byPattern = (provider: ProviderData, name: string): Hit | undefined => {
  let best: { readonly hit: Hit; readonly length: number } | undefined;
  for (const [id, data] of Object.entries(provider.models))
    for (const pattern of data.a ?? []) {
      const covered = cover(pattern, name);
      if (covered === undefined || (best !== undefined && covered.length <= best.length)) continue;
      best = { length: covered.length, hit: { id, data, ...kindOf(covered.rest) } };
    }
  return best?.hit;
};

const inProvider = (provider: ProviderData, name: string): Hit | undefined => {
  const asWritten = exact(provider, name, (id) => (id.toLowerCase() === name ? 'exact' : withoutDate(name) === id.toLowerCase() ? 'dated' : 'alias'), true);
  if (asWritten !== undefined) return asWritten;
  const tuned = fineTunedBase(name);
  if (tuned !== undefined) return exact(provider, tuned, () => 'alias', true) ?? byPattern(provider, name);
  const undated = withoutDate(name);
  const dated = undated === undefined ? undefined : exact(provider, undated, () => 'dated', false);
  return byPattern(provider, name) ?? dated;
};

/** Vendors write their own name before the model on some routes: `openai/gpt-5`, `google/gemini-2.5-pro`. */
const candidates = (name: string): readonly string[] => {
  const bare = bareId(name);
  const slash = bare.indexOf('/');
  return slash > 0 ? [bare, bare.slice(slash + 1)] : [bare];
};

/** Finds the model that a name stands for at a provider. Gives `undefined` rather than the price of a model that is only similar. */
export const findModel = (table: PriceTable, providerId: string, name: string): Found | undefined => {
  const own = table.providers[providerId];
  if (own === undefined) return undefined;
  const names = candidates(name);
  for (const [index, candidate] of names.entries()) {
    const hit = inProvider(own, candidate);
    if (hit !== undefined) return { ...hit, provider: providerId, flat: own.flat === 1, match: index > 0 && hit.match === 'exact' ? 'alias' : hit.match };
  }
  for (const other of own.also ?? []) {
    const lender = table.providers[other];
    const hit = lender === undefined ? undefined : names.map((candidate) => inProvider(lender, candidate)).find((found) => found !== undefined);
    if (hit !== undefined) return { ...hit, provider: other, flat: lender?.flat === 1, certain: false };
  }
  return undefined;
};
