import { createHash } from 'node:crypto';
import { RATE_KEYS, type PriceTable } from './price-table.ts';

const KEYS: ReadonlySet<string> = new Set(RATE_KEYS);

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const isRate = (value: unknown): boolean => value === null || (Number.isSafeInteger(value) && Number(value) >= 0);
const isMoment = (value: unknown): boolean => value === undefined || (typeof value === 'string' && !Number.isNaN(Date.parse(value)));
const isRates = (value: unknown): boolean => isRecord(value) && Object.entries(value).every(([key, rate]) => KEYS.has(key) && isRate(rate));
const isRatio = (value: unknown): boolean =>
  Array.isArray(value) && value.length === 2 && value.every((part) => Number.isSafeInteger(part) && Number(part) > 0);
const isOver = (value: unknown): boolean => value === undefined || (isRecord(value) && Number.isSafeInteger(value['n']) && isRates(value['r']));
const isFactors = (value: unknown): boolean => value === undefined || (isRecord(value) && Object.values(value).every(isRatio));
const isWindow = (value: unknown): boolean => Array.isArray(value) && value.length === 2 && value.every((minute) => Number.isSafeInteger(minute));
const isListOf = (value: unknown, test: (item: unknown) => boolean): boolean => value === undefined || (Array.isArray(value) && value.every(test));

const isCard = (value: unknown): boolean =>
  isRecord(value) &&
  isRates(value['r']) &&
  isMoment(value['from']) &&
  isMoment(value['to']) &&
  isOver(value['over']) &&
  isFactors(value['x']) &&
  isListOf(value['utc'], isWindow) &&
  isListOf(value['days'], (day) => Number.isSafeInteger(day)) &&
  isListOf(value['once'], (key) => KEYS.has(String(key))) &&
  isListOf(value['q'], (key) => KEYS.has(String(key))) &&
  (value['free'] === undefined || value['free'] === 1);

const isPattern = (value: unknown): boolean => {
  if (typeof value !== 'string') return false;
  try {
    return new RegExp(value) instanceof RegExp;
  } catch {
    return false;
  }
};

const isName = (value: unknown): boolean => typeof value === 'string' && (!value.startsWith('/') || isPattern(value.slice(1, -1)));

const isModel = (value: unknown): boolean =>
  isRecord(value) && Array.isArray(value['c']) && value['c'].length > 0 && value['c'].every(isCard) && isListOf(value['a'], isName);

const isProvider = (value: unknown): boolean =>
  isRecord(value) && isPattern(value['hosts']) && isListOf(value['also'], (id) => typeof id === 'string') && isRecord(value['models']);

/** Gives the hash that a table must carry: SHA-256 of the JSON of its providers, in hexadecimal. */
export const hashProviders = (providers: unknown): string => createHash('sha256').update(JSON.stringify(providers)).digest('hex');

const providersFault = (providers: Readonly<Record<string, unknown>>): string | undefined => {
  for (const [id, provider] of Object.entries(providers)) {
    if (!isRecord(provider) || !isProvider(provider) || !isRecord(provider['models'])) return `provider ${id} is malformed`;
    const bad = Object.entries(provider['models']).find(([, model]) => !isModel(model));
    if (bad !== undefined) return `model ${id}/${bad[0]} is malformed`;
  }
  return undefined;
};

/** Tells what is wrong with `value` as a price table, or `undefined` when it may be used. Reads the whole table; meant for tables that were fetched. */
export const tableFault = (value: unknown): string | undefined => {
  if (!isRecord(value) || value['format'] !== 1) return 'it is not a table of format 1';
  if (typeof value['version'] !== 'string' || !isMoment(value['asOf']) || value['asOf'] === undefined) return 'it states no version or date';
  const providers = value['providers'];
  if (!isRecord(providers) || Object.keys(providers).length === 0) return 'it has no providers';
  if (hashProviders(providers) !== value['sha256']) return 'its content does not fit its hash';
  return providersFault(providers);
};

/** Gives `value` as a table when it is one, else `undefined`. */
export const asTable = (value: unknown): PriceTable | undefined => (tableFault(value) === undefined ? (value as PriceTable) : undefined);
