import { isDay } from '../../base/is-day.ts';
import { PurserError } from '../../call/errors.ts';
import { canonicalTier } from '../engine/variant.ts';
import type { OverrideInput } from '../settings.ts';
import type { CardData, Ratio, RateKey, RateSet } from '../table/price-table.ts';
import { parseMultiplier, parsePerMillion, parsePerPiece } from './decimal.ts';
import { EMPTY_OVERRIDES, type AliasEntry, type Conditions, type DiscountEntry, type Matcher, type OverrideFile, type PriceEntry } from './override-file.ts';
import { Reader, type OverrideProblem } from './reader.ts';

export type { OverrideProblem } from './reader.ts';

const TOKEN_NAMES: Readonly<Record<string, RateKey>> = {
  input: 'in',
  cache_read: 'read',
  cache_write_5m: 'w5',
  cache_write_1h: 'w1',
  audio_input: 'aIn',
  audio_cache_read: 'aRead',
  image_input: 'imIn',
  image_cache_read: 'imRead',
  output: 'out',
  reasoning: 'think',
  audio_output: 'aOut',
  image_output: 'imOut',
};
const FEE_NAMES: Readonly<Record<string, RateKey>> = {
  web_search: 'web',
  grounding: 'ground',
  code_execution: 'code',
  file_search: 'file',
  image: 'img',
  request: 'req',
};
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const readMatcher = (at: Reader): Matcher => {
  at.only(['provider', 'model', 'base_url']);
  const provider = at.text('provider');
  const model = at.text('model');
  const baseUrl = at.text('base_url');
  if (provider === undefined && model === undefined && baseUrl === undefined) at.problem([], 'at least one of provider, model and base_url');
  return {
    ...(provider === undefined ? {} : { provider }),
    ...(model === undefined ? {} : { model }),
    ...(baseUrl === undefined ? {} : { baseUrl }),
  };
};

const readRates = (at: Reader, names: Readonly<Record<string, RateKey>>, parse: (text: string) => number | undefined, wanted: string): RateSet => {
  at.only(Object.keys(names));
  const rates: Partial<Record<RateKey, number | null>> = {};
  for (const key of at.keys()) {
    const name = names[key];
    const value = at.value(key);
    if (name === undefined) continue;
    const rate = value === null ? null : typeof value === 'string' ? parse(value) : undefined;
    if (rate === undefined) at.problem([key], wanted);
    else rates[name] = rate;
  }
  return rates;
};

const readTokens = (at: Reader): RateSet =>
  readRates(at, TOKEN_NAMES, parsePerMillion, 'dollars for a million tokens in quotes, such as "1.25", or null for unpriced');

const readMinutes = (text: string): readonly [number, number] | undefined => {
  const match = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)$/.exec(text);
  if (match === null) return undefined;
  const [, h1, m1, h2, m2] = match.map(Number);
  return [(h1 ?? 0) * 60 + (m1 ?? 0), (h2 ?? 0) * 60 + (m2 ?? 0)];
};

type Effective = Pick<CardData, 'from' | 'to' | 'utc' | 'days'>;

const readMoment = (at: Reader, key: string): string | undefined => {
  const value = at.value(key);
  if (value === undefined || value === null) return undefined;
  const text = value instanceof Date ? value.toISOString() : value;
  if (typeof text === 'string' && /^\d{4}-\d{2}-\d{2}(?:T[\d:.]+Z)?$/.test(text) && isDay(text) && !Number.isNaN(Date.parse(text))) return text;
  at.problem([key], 'a date such as 2026-10-07, or an instant in UTC');
  return undefined;
};

const readEffective = (at: Reader | undefined): Effective => {
  if (at === undefined) return {};
  at.only(['from', 'to', 'utc', 'weekdays']);
  const from = readMoment(at, 'from');
  const to = readMoment(at, 'to');
  if (from !== undefined && to !== undefined && Date.parse(from) >= Date.parse(to))
    at.problem(['to'], `a day or an instant after from, which is ${from}: the price holds before the beginning of to`);
  const hours = at.texts('utc').map((text) => readMinutes(text));
  if (hours.includes(undefined)) at.problem(['utc'], 'hours of UTC such as "01:00-04:00"');
  const days = at.texts('weekdays').map((day) => DAYS.indexOf(day.toLowerCase().slice(0, 3)));
  if (days.includes(-1)) at.problem(['weekdays'], `days out of ${DAYS.join(', ')}`);
  return {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(hours.length === 0 ? {} : { utc: hours.filter((window) => window !== undefined) }),
    ...(days.length === 0 ? {} : { days }),
  };
};

const readConditions = (at: Reader | undefined): Conditions => {
  if (at === undefined) return {};
  at.only(['service_tier', 'batch', 'geo', 'speed']);
  const tier = at.text('service_tier');
  const geo = at.text('geo');
  const speed = at.text('speed');
  const batch = at.value('batch');
  if (batch !== undefined && typeof batch !== 'boolean') at.problem(['batch'], 'true or false');
  return {
    ...(tier === undefined ? {} : { tier: canonicalTier(tier) }),
    ...(typeof batch === 'boolean' ? { batch } : {}),
    ...(geo === undefined ? {} : { geo: geo.toLowerCase() }),
    ...(speed === undefined ? {} : { speed: speed.toLowerCase() }),
  };
};

const readOver = (at: Reader | undefined): CardData['over'] => {
  if (at === undefined) return undefined;
  at.only(['prompt_tokens_gt', 'prompt_tokens_gte', 'per_mtok']);
  const above = at.value('prompt_tokens_gt');
  const from = at.value('prompt_tokens_gte');
  const tokens = at.at('per_mtok');
  const n = typeof above === 'number' ? above : typeof from === 'number' ? from - 1 : undefined;
  if (n === undefined || !Number.isSafeInteger(n) || n < 0) at.problem(['prompt_tokens_gt'], 'a whole number of tokens');
  if (tokens === undefined) at.problem(['per_mtok'], 'prices for a long prompt');
  return n === undefined || tokens === undefined ? undefined : { n, r: readTokens(tokens) };
};

const readPrice = (at: Reader): PriceEntry => {
  at.only(['match', 'effective', 'when', 'per_mtok', 'above', 'per_call', 'source']);
  const match = at.at('match');
  if (match === undefined) at.problem(['match'], 'what the price is for');
  const tokens = at.at('per_mtok');
  const fees = at.at('per_call');
  if (tokens === undefined && fees === undefined) at.problem(['per_mtok'], 'prices');
  const over = readOver(at.at('above'));
  const rates: RateSet = {
    ...(tokens === undefined ? {} : readTokens(tokens)),
    ...(fees === undefined ? {} : readRates(fees, FEE_NAMES, parsePerPiece, 'dollars for one piece in quotes, such as "0.01", or null for unpriced')),
  };
  const card: CardData = { ...readEffective(at.at('effective')), r: rates, ...(over === undefined ? {} : { over }) };
  return { match: match === undefined ? {} : readMatcher(match), when: readConditions(at.at('when')), card };
};

const readAlias = (at: Reader): AliasEntry => {
  at.only(['from', 'to', 'provider']);
  const from = at.text('from');
  const to = at.at('to');
  const model = to?.text('model');
  to?.only(['provider', 'model']);
  if (from === undefined) at.problem(['from'], 'the name as calls carry it');
  if (model === undefined) at.problem(['to'], 'a model, and perhaps its provider');
  const provider = at.text('provider');
  return { match: provider === undefined ? {} : { provider }, from: from ?? '', toProvider: to?.text('provider'), toModel: model ?? '' };
};

const readDiscount = (at: Reader): DiscountEntry => {
  at.only(['match', 'multiplier']);
  const match = at.at('match');
  const factor = at.value('multiplier');
  // A factor is no amount of money: as a number it loses nothing, for it prints as it was written.
  const ratio: Ratio | undefined = typeof factor === 'string' || typeof factor === 'number' ? parseMultiplier(String(factor)) : undefined;
  if (match === undefined) at.problem(['match'], 'what the discount is for');
  if (ratio === undefined) at.problem(['multiplier'], 'a factor above 0 and up to 100 with at most six decimals, such as 0.8');
  return { match: match === undefined ? {} : readMatcher(match), ratio: ratio ?? [1, 1] };
};

/** Reads overrides. Entries with a problem are left out of `file` and told in `problems`. Never throws. */
export const readOverrides = (input: OverrideInput | undefined): { readonly file: OverrideFile; readonly problems: readonly OverrideProblem[] } => {
  if (input === undefined || input.value === undefined || input.value === null) return { file: EMPTY_OVERRIDES, problems: [] };
  const problems: OverrideProblem[] = [];
  const root = Reader.of(input.value, input.locate, problems);
  if (root === undefined) return { file: EMPTY_OVERRIDES, problems };
  root.only(['version', 'prices', 'aliases', 'discounts', 'free']);
  if (root.value('version') !== 1) root.problem(['version'], '1');
  const file: OverrideFile = {
    prices: root.each('prices', readPrice),
    aliases: root.each('aliases', readAlias),
    discounts: root.each('discounts', readDiscount),
    free: root.each('free', (at) => ({ match: readMatcher(at) })),
  };
  return { file, problems };
};

/** The error for a problem, for whoever reports bad configuration. */
export const overrideError = ({ where, key, seen, wanted }: OverrideProblem): PurserError =>
  new PurserError('config_invalid', { where, key, seen, wanted, hint: '' });
