/** Turns the data of @pydantic/genai-prices into the shape of our table: whole pico-dollars, cards in the order of time. */
import { waitForUpdate, type ConditionalPrice, type MatchLogic, type ModelPrice, type Provider } from '@pydantic/genai-prices';
import type { CardData, ModelData, ProviderData, RateKey } from '../../src/pricing/table/price-table.ts';

export const SOURCE = '@pydantic/genai-prices 0.1.8 (MIT)';

/** The keys that a bucket or a fee of ours stands for, with the units that one price buys. */
const KEYS: Readonly<Record<string, readonly [RateKey, per: number]>> = {
  input_mtok: ['in', 1e6],
  cache_read_mtok: ['read', 1e6],
  cache_write_mtok: ['w5', 1e6],
  cache_write_1h_mtok: ['w1', 1e6],
  input_audio_mtok: ['aIn', 1e6],
  cache_audio_read_mtok: ['aRead', 1e6],
  input_image_mtok: ['imIn', 1e6],
  cache_image_read_mtok: ['imRead', 1e6],
  output_mtok: ['out', 1e6],
  output_reasoning_mtok: ['think', 1e6],
  output_audio_mtok: ['aOut', 1e6],
  output_image_mtok: ['imOut', 1e6],
  web_searches_kcount: ['web', 1e3],
  storage_searches_kcount: ['file', 1e3],
  requests_kcount: ['req', 1e3],
};

/** Keys for which calls report no count that reaches us; a model that has nothing else stays in the table without a price. */
const UNUSED = new Set([
  'audio_hours',
  'input_audio_hours',
  'input_video_mtok',
  'output_video_mtok',
  'input_document_kpages',
  'input_annotated_document_kpages',
  'output_citation_mtok',
  'input_text_messages_kcount',
]);

/** Exact: the shortest decimal of a double in this data is the decimal that its authors wrote. */
const picoPerUnit = (price: number, per: number): number => {
  const [digits = '0', exponent = '0'] = String(price).split('e');
  const [whole = '0', fraction = ''] = digits.split('.');
  const shift = 12 - Math.log10(per) + Number(exponent) - fraction.length;
  const units = BigInt(whole + fraction);
  if (shift >= 0) return Number(units * 10n ** BigInt(shift));
  const divisor = 10n ** BigInt(-shift);
  return Number((units + divisor / 2n) / divisor);
};

const card = (prices: ModelPrice, problems: string[], where: string): CardData => {
  const r: Partial<Record<RateKey, number>> = {};
  const over: Partial<Record<RateKey, number>> = {};
  let threshold: number | undefined;
  for (const [key, price] of Object.entries(prices)) {
    if (price === undefined || UNUSED.has(key)) continue;
    const target = KEYS[key];
    if (target === undefined) {
      problems.push(`${where}: unknown price key ${key}`);
      continue;
    }
    const [name, per] = target;
    r[name] = picoPerUnit(typeof price === 'number' ? price : price.base, per);
    if (typeof price === 'number') continue;
    const [tier, ...more] = price.tiers;
    if (tier === undefined || more.length > 0 || (threshold !== undefined && threshold !== tier.start))
      problems.push(`${where}: tiers of ${key} are not one step`);
    else {
      threshold = tier.start;
      over[name] = picoPerUnit(tier.price, per);
    }
  }
  return threshold === undefined ? { r } : { r, over: { n: threshold, r: over } };
};

const minutes = (time: string): number => {
  const match = /^(\d{2}):(\d{2}):00Z$/.exec(time);
  if (match === null) throw new Error(`a time of day that is not a whole minute of UTC: ${time}`);
  return Number(match[1]) * 60 + Number(match[2]);
};

/** A time of day that follows a start date holds from that date only: its source lets the two overwrite each other. */
const cards = (prices: readonly ConditionalPrice[], problems: string[], where: string): readonly CardData[] => {
  let from: string | undefined;
  return prices.map(({ constraint, prices: set }) => {
    const made = card(set, problems, where);
    if (constraint === undefined) return made;
    if ('start_date' in constraint) {
      from = constraint.start_date;
      return { from, ...made };
    }
    return { ...(from === undefined ? {} : { from }), utc: [[minutes(constraint.start_time), minutes(constraint.end_time)]], ...made };
  });
};

/** The patterns of a match. A conjunction is its prefix: the other half only keeps out what our rules for endings keep out anyway. */
const patterns = (match: MatchLogic): readonly string[] => {
  if ('or' in match) return match.or.flatMap((part) => patterns(part));
  if ('and' in match) return match.and.flatMap((part) => ('starts_with' in part ? patterns(part) : []));
  if ('equals' in match) return [match.equals];
  if ('starts_with' in match) return [`^${match.starts_with}`];
  if ('ends_with' in match) return [`$${match.ends_with}`];
  if ('contains' in match) return [`~${match.contains}`];
  return [`/${match.regex}/`];
};

const isFree = (id: string, cardData: CardData): boolean => id.endsWith(':free') && Object.keys(cardData.r).length === 0;

const model = (id: string, match: MatchLogic, prices: ConditionalPrice[] | ModelPrice, problems: string[], where: string): ModelData => {
  const list = Array.isArray(prices) ? cards(prices, problems, where) : [card(prices, problems, where)];
  const names = [...new Set(patterns(match))].filter((name) => name !== id);
  return { ...(names.length === 0 ? {} : { a: names }), c: list.map((data) => (isFree(id, data) ? { ...data, free: 1 as const } : data)) };
};

/** Gives the source's providers in our shape, and what could not be carried over. */
export const readSource = async (): Promise<{ readonly providers: Readonly<Record<string, ProviderData>>; readonly problems: readonly string[] }> => {
  const data: readonly Provider[] = (await waitForUpdate()) ?? [];
  const problems: string[] = [];
  const providers = Object.fromEntries(
    data.map((provider): [string, ProviderData] => [
      provider.id,
      {
        hosts: provider.api_pattern,
        ...(provider.fallback_model_providers === undefined ? {} : { also: provider.fallback_model_providers }),
        models: Object.fromEntries(provider.models.map(({ id, match, prices }) => [id, model(id, match, prices, problems, `${provider.id}/${id}`)])),
      },
    ]),
  );
  return { providers, problems };
};
