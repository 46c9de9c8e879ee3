import type { Option, SourcedValue } from './option.ts';

/** What stands where a secret would. */
export const HIDDEN = '(hidden)';

const LONGEST = 60;
// Up to the last @: a password that was not encoded may hold any character, so that the address is none, or means another host.
const USERINFO = /\/\/(\S*)@(\S*)/;
// A run that no word or path makes: long, with digits and letters, as keys and tokens are.
const TOKEN = /(?=[\w+-]*\d)(?=[\w+-]*[A-Za-z])[\w+-]{20,}/;
const QUERY_VALUE = /([?&][^=&#\s]+=)[^&#\s]*/g;

/** A text that may be shown: credentials and query values of addresses cut out, hidden where it looks like a key. */
export const shownText = (value: string): string => {
  // What is behind a question mark may be the password's, and may be the value of a query.
  const rest = (_: string, user: string, host: string): string => `//${HIDDEN}${user.includes('?') ? '' : `@${host}`}`;
  const clean = value.replace(USERINFO, rest).replace(QUERY_VALUE, `$1${HIDDEN}`);
  if (TOKEN.test(clean)) return HIDDEN;
  return clean.length > LONGEST ? `${clean.slice(0, LONGEST)}…` : clean;
};

const kindOf = (value: unknown): string => {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' ? 'a mapping' : `a ${typeof value}`;
};

/** A value as it stands in a problem: short, on one line, and hidden when the option is secret. */
export const shownValue = (value: unknown, option?: Option): string => {
  if (value === null || value === undefined) return 'empty';
  if (option?.secret === true) return HIDDEN;
  if (typeof value === 'string') return JSON.stringify(shownText(value));
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  return kindOf(value);
};

const SECRET_MEMBER = /key|token|secret|password|passphrase|url|webhook|authorization|dsn|credential/i;

const shownMember = (value: unknown, name: string, depth: number): unknown => {
  if (typeof value === 'string') return SECRET_MEMBER.test(name) ? HIDDEN : shownText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > 8) return '…';
  if (Array.isArray(value)) return value.slice(0, 100).map((member) => shownMember(member, name, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, shownMember(member, key, depth + 1)]));
};

const isSourced = (value: unknown): value is SourcedValue => typeof value === 'object' && value !== null && 'locate' in value && 'value' in value;

/** The value of an option as `purser config` shows it: in full, but for secrets. */
export const shownOption = (option: Option, value: unknown): unknown => {
  if (value === undefined) return undefined;
  if (option.secret === true) return typeof value === 'object' && value !== null && Object.keys(value).length === 0 ? value : HIDDEN;
  if (option.kind === 'structured') return shownMember(isSourced(value) ? value.value : value, '', 0);
  if (option.kind === 'url' && typeof value === 'string') return shownText(value);
  return value;
};
