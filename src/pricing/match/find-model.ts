import type { PriceMatch } from '../../call/cost.ts';
import type { ModelData, PriceTable, ProviderData } from '../table/price-table.ts';
import { providerData } from './provider-id.ts';
import { bareId, fineTunedBase, isDate, isHarmlessEnd, isHarmlessStart, isOtherVersion, withoutDate } from './model-id.ts';

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

const expressions = new Map<string, RegExp>();

/** Compiled once: the patterns are those of the table, so there are few. */
const expression = (source: string): RegExp => {
  const known = expressions.get(source) ?? new RegExp(source);
  if (expressions.size < 1000) expressions.set(source, known);
  return known;
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
      return expression(pattern.slice(1, -1)).test(name) ? { length: name.length, rest: withoutDate(name) === undefined ? '' : '-20000101' } : undefined;
    default:
      return undefined;
  }
};

const accept = (start: string, rest: string, text: string, name: string): { readonly length: number; readonly rest: string } | undefined =>
  isHarmlessStart(start) && (isHarmlessEnd(rest) || name.startsWith('ft:')) ? { length: text.length, rest } : undefined;

/** What is left of a name says how far the pattern carries: a date, a mere version, or something that is only known to be harmless. */
const kindOf = (rest: string, name: string): Pick<Hit, 'match' | 'certain'> => {
  if (name.startsWith('ft:')) return { match: 'alias', certain: true };
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
      if (covered === undefined || isOtherVersion(id, name) || (best !== undefined && covered.length <= best.length)) continue;
      best = { length: covered.length, hit: { id, data, ...kindOf(covered.rest, name) } };
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

/** The ways to read a name: as it is written, without its path, and without the vendor that some routes put before it (`openai/gpt-5`). */
const candidates = (name: string): readonly { readonly name: string; readonly vendor: boolean }[] => {
  const whole = name.trim().toLowerCase();
  const bare = bareId(name);
  const slash = bare.indexOf('/');
  const names = bare === whole ? [{ name: whole, vendor: false }] : [whole, bare].map((one) => ({ name: one, vendor: false }));
  return slash > 0 ? [...names, { name: bare.slice(slash + 1), vendor: true }] : names;
};

type Candidate = ReturnType<typeof candidates>[number];

const firstHit = (provider: ProviderData, names: readonly Candidate[]): Hit | undefined => {
  for (const candidate of names) {
    const hit = inProvider(provider, candidate.name);
    if (hit !== undefined) return candidate.vendor && hit.match === 'exact' ? { ...hit, match: 'alias' } : hit;
  }
  return undefined;
};

/** Finds the model that a name stands for at a provider. Gives `undefined` rather than the price of a model that is only similar. */
export const findModel = (table: PriceTable, providerId: string, name: string): Found | undefined => {
  const own = providerData(table, providerId);
  if (own === undefined) return undefined;
  const names = candidates(name);
  const hit = firstHit(own, names);
  if (hit !== undefined) return { ...hit, provider: providerId, flat: own.flat === 1 };
  for (const other of own.also ?? []) {
    const lender = providerData(table, other);
    const lent = lender === undefined ? undefined : firstHit(lender, names);
    // Another one's list price is a guess: Azure followed the cuts of OpenAI weeks later.
    if (lent !== undefined) return { ...lent, provider: other, flat: lender?.flat === 1, certain: false };
  }
  return undefined;
};
