import { isAbsolute, resolve } from 'node:path';
import type { Option, OptionKind } from './option.ts';

/** A value that was understood, or what would have been. */
export type Parsed =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly wanted: string; readonly within?: string; readonly seen?: unknown };

const good = (value: unknown): Parsed => ({ ok: true, value });
const bad = (wanted: string): Parsed => ({ ok: false, wanted });
const badMember = (wanted: string, within: string, seen: unknown): Parsed => ({ ok: false, wanted, within, seen });

const YES = /^(1|true|yes|on|t|y|enabled)$/i;
const NO = /^(0|false|no|off|f|n|disabled)$/i;

const parseBoolean = (raw: unknown): Parsed => {
  const word = typeof raw === 'number' ? String(raw) : raw;
  if (typeof word === 'boolean') return good(word);
  if (typeof word === 'string' && YES.test(word.trim())) return good(true);
  if (typeof word === 'string' && NO.test(word.trim())) return good(false);
  return bad('true or false');
};

const range = (option: Option, what: string): string => {
  const { min = 0, max } = option;
  return max === undefined ? `${what} of at least ${min}` : `${what} from ${min} to ${max}`;
};

const within = (value: number, option: Option, what: string): Parsed =>
  Number.isFinite(value) && value >= (option.min ?? 0) && value <= (option.max ?? Number.MAX_SAFE_INTEGER) ? good(value) : bad(range(option, what));

const DECIMAL = /^[+-]?(\d[\d_]*\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

const toNumber = (raw: unknown): number => {
  if (typeof raw === 'number') return raw;
  if (typeof raw === 'string' && DECIMAL.test(raw.trim())) return Number(raw.trim().replaceAll('_', ''));
  return Number.NaN;
};

const parseInteger = (raw: unknown, option: Option): Parsed => {
  const value = toNumber(raw);
  return Number.isSafeInteger(value) ? within(value, option, 'a whole number') : bad(range(option, 'a whole number'));
};

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  sec: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
  days: 86_400_000,
  w: 604_800_000,
};
const PART = /(\d+(?:\.\d+)?)\s*([a-z]+)\s*/gy;

const durationMs = (raw: unknown): number => {
  const plain = toNumber(raw);
  if (!Number.isNaN(plain) || typeof raw !== 'string' || raw.length > 40) return plain;
  const words = raw.trim().toLowerCase();
  let sum = 0;
  let end = 0;
  PART.lastIndex = 0;
  for (let part = PART.exec(words); part !== null; part = PART.exec(words)) {
    sum += Number(part[1]) * (UNIT_MS[part[2] ?? ''] ?? Number.NaN);
    end = PART.lastIndex;
  }
  return end > 0 && end === words.length ? Math.round(sum) : Number.NaN;
};

const parseText = (raw: unknown): Parsed => {
  if (typeof raw === 'string') return good(raw);
  // YAML reads `team: 42` as a number; whoever wrote it meant the text.
  if (typeof raw === 'number' || typeof raw === 'boolean') return good(String(raw));
  return bad('a text');
};

/** Makes a path absolute, from `base`; `~` is the home of the user. */
export const absolutePath = (value: string, base: string): string => {
  const home = value === '~' || value.startsWith('~/') ? `${process.getBuiltinModule('node:os').homedir()}${value.slice(1)}` : value;
  return isAbsolute(home) ? home : resolve(base, home);
};

const parseUrl = (raw: unknown, option: Option): Parsed => {
  const schemes = option.values ?? [];
  const address = typeof raw === 'string' ? raw.trim() : '';
  const fits = schemes.some((scheme) => address.toLowerCase().startsWith(`${scheme}://`)) && URL.canParse(address);
  return fits ? good(address) : bad(`an address that begins with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`);
};

const parseWord = (raw: unknown, option: Option): Parsed => {
  const wanted = `one of ${option.values?.join(', ')}`;
  if (typeof raw !== 'string' && typeof raw !== 'boolean' && typeof raw !== 'number') return bad(wanted);
  const word = String(raw).trim().toLowerCase();
  const known = option.synonyms !== undefined && Object.hasOwn(option.synonyms, word) ? option.synonyms[word] : word;
  return known !== undefined && option.values?.includes(known) ? good(known) : bad(wanted);
};

const jsonOr = (raw: string, opening: string): unknown => {
  if (!raw.trimStart().startsWith(opening)) return undefined;
  try {
    return JSON.parse(raw);
  } catch {
    return undefined;
  }
};

const listWanted = (option: Option): string => (option.values === undefined ? 'a list of texts' : `a list of ${option.values.join(', ')}`);

const splitWords = (words: string): unknown =>
  jsonOr(words, '[') ??
  words
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');

const parseList = (raw: unknown, option: Option): Parsed => {
  const members = typeof raw === 'string' ? splitWords(raw) : raw;
  if (!Array.isArray(members)) return bad(listWanted(option));
  if (option.values !== undefined && members.length === 1 && members[0] === 'none') return good([]);
  const values: string[] = [];
  for (const [index, member] of members.entries()) {
    const parsed = option.values === undefined ? parseText(member) : parseWord(member, option);
    if (!parsed.ok) return badMember(listWanted(option), `[${index}]`, member);
    values.push(String(parsed.value));
  }
  return good(values);
};

const decoded = (value: string): string => {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
};

const pairsOf = (raw: string): readonly (readonly [string, unknown])[] | undefined => {
  const json = jsonOr(raw, '{');
  if (typeof json === 'object' && json !== null) return Object.entries(json);
  const pairs: [string, unknown][] = [];
  for (const pair of raw.split(',')) {
    if (pair.trim() === '') continue;
    const cut = pair.indexOf('=');
    if (cut <= 0) return undefined;
    pairs.push([decoded(pair.slice(0, cut).trim()), decoded(pair.slice(cut + 1).trim())]);
  }
  return pairs;
};

const recordWanted = (option: Option): string => {
  if (option.keys === undefined) return 'a mapping of texts, or `name=value,name=value`';
  return `a mapping of ${option.keys.join(', ')} to ${option.values?.join(', ') ?? 'texts'}`;
};

const parseRecord = (raw: unknown, option: Option): Parsed => {
  const entries = typeof raw === 'string' ? pairsOf(raw) : isMapping(raw) ? Object.entries(raw) : undefined;
  if (entries === undefined) return bad(recordWanted(option));
  const values: [string, string][] = [];
  for (const [name, member] of entries) {
    if (option.keys !== undefined && !option.keys.includes(name)) return badMember(recordWanted(option), `.${name}`, member);
    const parsed = option.values === undefined ? parseText(member) : parseWord(member, option);
    if (!parsed.ok) return badMember(parsed.wanted, `.${name}`, member);
    values.push([name, String(parsed.value)]);
  }
  return good(Object.fromEntries(values));
};

/** Tells whether a value is a plain mapping, as YAML and JSON make them. */
export const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

const parseDuration = (raw: unknown, option: Option): Parsed => {
  const parsed = within(durationMs(raw), option, 'a time');
  return parsed.ok ? parsed : bad(`${range(option, 'a time in ms')}, or one such as 500ms, 2s, 1h30m`);
};

const PARSERS: Readonly<Record<OptionKind, (raw: unknown, option: Option, base: string) => Parsed>> = {
  boolean: parseBoolean,
  integer: parseInteger,
  number: (raw, option) => within(toNumber(raw), option, 'a number'),
  duration: parseDuration,
  string: parseText,
  url: parseUrl,
  path: (raw, _, base) => (typeof raw === 'string' && !raw.includes('\0') ? good(absolutePath(raw, base)) : bad('a path')),
  enum: parseWord,
  list: parseList,
  record: parseRecord,
  structured: (raw) => (typeof raw === 'object' ? good(raw) : bad('a list or a mapping')),
};

/** Reads a raw value, from a file or from a variable, as an option of its kind. Paths are taken from `base`. Never throws. */
export const parseValue = (option: Option, raw: unknown, base: string): Parsed => PARSERS[option.kind](raw, option, base);
