/** A secret of this process by the name of its variable. */
export interface ProcessSecret {
  readonly name: string;
  readonly value: string;
}

const SHORTEST = 12;

// The last words of a name that say that its value is a secret.
const SECRET_NAME =
  /(?:^|_)(?:API_?KEY|KEY|KEYS|TOKEN|TOKENS|PAT|SECRET|SECRETS|PASSWORD|PASSWD|PASSPHRASE|PASS|PWD|CREDENTIAL|CREDENTIALS|AUTH|AUTHORIZATION|COOKIE|DSN|WEBHOOK|WEBHOOK_URL|CONNECTION_STRING|CONN_STR|PRIVATE_KEY|SIGNING_KEY|ACCESS_KEY|ACCESS_KEY_ID|SESSION_TOKEN|SECRET_ACCESS_KEY|ACCOUNT_KEY|SAS|JWT|BEARER|HEADERS)(?:_?\d+)?$/i;

// Names that end like a secret's and hold none: working directories, public halves, sockets, file names, key ids.
const PLAIN_NAME =
  /^(?:PWD|OLDPWD|INIT_CWD|SSH_AUTH_SOCK|KEYBOARD_KEY)$|PUBLIC_KEY$|(?:^|_)(?:PRIMARY|FOREIGN|SORT|PARTITION|CACHE|HOT|MAP)_KEY$|(?:MAX|NUM|N|LIMIT|COUNT)_TOKENS$|(?:PATH|FILE|DIR|NAME|ID|URL_KEY)$/i;
const ACCESS_KEY_ID = /ACCESS_KEY_ID$/i;

// What follows a name such as *_KEY in earnest is no path, switch or number.
const PLAIN_VALUE = /^(?:\/[\w./-]+|[A-Za-z]:\\.*|\.{1,2}\/.*|true|false|\d{1,15}(?:\.\d+)?)$/i;

const USERINFO = /[a-z][a-z0-9+.-]*:\/\/([^/?#\s@]*)@/gi;
const HEADER_PAIR = /=([^,]+)/g;

const decoded = (value: string): string => {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
};

const passwordsIn = (value: string): readonly string[] => {
  const found: string[] = [];
  for (const [, userinfo = ''] of value.matchAll(USERINFO)) {
    const colon = userinfo.indexOf(':');
    const password = colon < 0 ? userinfo : userinfo.slice(colon + 1);
    found.push(password);
    if (decoded(password) !== password) found.push(decoded(password));
  }
  return found;
};

const namesSecret = (name: string): boolean => ACCESS_KEY_ID.test(name) || (SECRET_NAME.test(name) && !PLAIN_NAME.test(name));

const isSecretValue = (value: string): boolean => value.length >= SHORTEST && !PLAIN_VALUE.test(value);

const secretsOf = (name: string, value: string): readonly string[] => {
  if (!value.includes('=') && !value.includes('://')) return namesSecret(name) ? [value] : [];
  const found = [...passwordsIn(value)];
  if (!namesSecret(name)) return found;
  found.push(value);
  // Headers are a list of pairs; each value is sent, and may be echoed, by itself.
  if (/HEADERS$/i.test(name))
    for (const [, part = ''] of value.matchAll(HEADER_PAIR))
      found.push(part.trim(), decoded(part.trim()), decoded(part.trim()).replace(/^(Bearer|Basic) /i, ''));
  return found;
};

/**
 * The values of this process's own secrets, to be removed exactly wherever they would leave it: variables whose names
 * say so, and passwords inside addresses (`postgres://user:password@host`) of any variable. Only values of at least 12
 * characters: shorter ones would be found in innocent text.
 */
export const processSecrets = (env: Readonly<Record<string, string | undefined>>): readonly ProcessSecret[] => {
  const secrets = new Map<string, ProcessSecret>();
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || value.length < SHORTEST) continue;
    for (const secret of secretsOf(name, value.trim())) if (isSecretValue(secret) && !secrets.has(secret)) secrets.set(secret, { name, value: secret });
  }
  return [...secrets.values()];
};
