import type { LoadedConfig } from './load.ts';
import { OPTION_ROWS } from './options.ts';

/** A secret of this process by the name of its variable. */
export interface ProcessSecret {
  readonly name: string;
  readonly value: string;
}

const SHORTEST = 8;

// From here on a value is a secret however plain it looks; a shorter one must not read like a word, a region or an address with a port.
const LONG = 12;

// Words that are joined, with at most a short number behind: "eu-west-1", "postgres", "redis:6379", "claude-3". And numbers, dates, versions.
const PLAIN_SHORT = /^(?:[A-Za-z]+(?:[-_.:/ ][A-Za-z]+)*(?:[-_.:/ ]v?\d{1,5})?|v?\d[\d.,:/_ -]*)$/;

const LARGEST_JSON = 100_000;

// The last words of a name that say that its value is a secret.
const SECRET_NAME =
  /(?:^|[_-])(?:KEY|KEYS|APIKEY|TOKEN|TOKENS|PAT|SECRET|SECRETS|PASSWORD|PASSWD|PASSPHRASE|PASS|PWD|CREDENTIAL|CREDENTIALS|AUTH|AUTHORIZATION|COOKIE|DSN|WEBHOOK|WEBHOOK_URL|CONNECTION_STRING|CONN_STR|ACCESS_KEY_ID|SAS|SIG|JWT|BEARER)(?:_?\d+)?$/i;

// Names that end like a secret's and hold none: working folders, public halves, sockets, database keys, counts.
const PLAIN_NAME =
  /^(?:PWD|OLDPWD|SSH_AUTH_SOCK)$|PUBLIC_KEY$|(?:^|_)(?:PRIMARY|FOREIGN|SORT|PARTITION|CACHE|HOT|MAP)_KEY$|(?:^|_)(?:MAX|NUM|LIMIT|COUNT)_TOKENS$/i;

// Switches, counts and paths of plain words; a random key that begins with a slash has capitals within.
const PLAIN_VALUE = /^(?:(?:~|\.{1,2})?(?:\/[A-Z]?[a-z0-9._-]*)+|[A-Za-z]:\\.*|true|false|\d{1,15}(?:\.\d+)?)$/;

const namesSecret = (name: string): boolean => {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2');
  return SECRET_NAME.test(words) && !PLAIN_NAME.test(words);
};

const isSecretValue = (value: string): boolean => value.length >= SHORTEST && !PLAIN_VALUE.test(value) && (value.length >= LONG || !PLAIN_SHORT.test(value));

// What no name says to be a secret must be long: in short values beside one there are names, kinds and regions.
const isLong = (value: string): boolean => value.length >= LONG;

const decoded = (value: string): string => {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
};

const withDecoded = (value: string): readonly string[] => (value.includes('%') ? [value, decoded(value)] : [value]);

// By hand and not by one expression: a variable may hold 100 KB of anything.
const passwordsIn = (value: string): readonly string[] => {
  const found: string[] = [];
  for (let at = value.indexOf('://'); at >= 0; at = value.indexOf('://', at + 3)) {
    const authority = /^[^/?#\s]*/.exec(value.slice(at + 3, at + 1_000))?.[0] ?? '';
    const userinfo = authority.slice(0, Math.max(0, authority.lastIndexOf('@')));
    found.push(...withDecoded(userinfo.slice(userinfo.indexOf(':') + 1)));
  }
  return found;
};

const pairsIn = (value: string, separators: RegExp, isSecret: (name: string) => boolean): readonly string[] =>
  value.split(separators).flatMap((pair) => {
    const cut = pair.indexOf('=');
    return cut > 0 && isSecret(pair.slice(0, cut).trim()) ? withDecoded(pair.slice(cut + 1).trim()) : [];
  });

const stringsIn = (value: unknown, named: boolean): readonly string[] => {
  if (typeof value === 'string') return [...(named || isLong(value) ? [value] : []), ...passwordsIn(value)];
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((member) => stringsIn(member, named));
  return Object.entries(value).flatMap(([name, member]) => stringsIn(member, namesSecret(name)));
};

const secretMembers = (text: string): readonly string[] => {
  if (!text.startsWith('{') || text.length > LARGEST_JSON) return [];
  try {
    const members = Object.entries(JSON.parse(text) as Readonly<Record<string, unknown>>);
    return members.flatMap(([name, member]) => (typeof member === 'string' && namesSecret(name) ? [member] : []));
  } catch {
    return [];
  }
};

// Each header is sent, and may be echoed, by itself; the scheme before a token is no secret.
const headerValues = (value: string): readonly string[] =>
  [...pairsIn(value, /,/, () => true).filter(isLong), ...pairsIn(value, /,/, namesSecret)].flatMap((header) => [
    header,
    header.replace(/^(?:Bearer|Basic)(?: |%20)/i, ''),
  ]);

const secretsOf = (name: string, value: string): readonly string[] => [
  ...(namesSecret(name) ? [value] : []),
  ...passwordsIn(value),
  ...(value.includes('://') ? pairsIn(value, /[?&#]/, namesSecret) : []),
  ...(value.includes(';') ? pairsIn(value, /;/, namesSecret) : []),
  ...(/HEADERS$/i.test(name) ? headerValues(value) : []),
  ...secretMembers(value),
];

/**
 * The values of this process's own secrets, to be removed exactly wherever they would leave it: variables whose names
 * say so, and passwords inside addresses (`postgres://user:password@host`) of any variable. Only values of at least 8
 * characters, and below 12 none that reads like a word or a number: those would be found in innocent text.
 */
export const processSecrets = (env: Readonly<Record<string, string | undefined>>): readonly ProcessSecret[] => {
  const secrets = new Map<string, ProcessSecret>();
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || value.length < SHORTEST) continue;
    for (const secret of secretsOf(name, value.trim())) {
      if (isSecretValue(secret) && !secrets.has(secret)) secrets.set(secret, { name, value: secret });
    }
  }
  return [...secrets.values()];
};

/** The secrets that the configuration holds: the values of secret options, and what `${file:PATH}` brought in. At least 8 characters each. */
export const configSecrets = (loaded: LoadedConfig): readonly ProcessSecret[] => {
  const options = OPTION_ROWS.filter(([, option]) => option.secret === true);
  const values = options.flatMap(([key]) => stringsIn(loaded.values.get(key), true).map((value) => ({ name: key, value })));
  return [...values, ...loaded.fileSecrets].filter(({ value }) => isSecretValue(value));
};
