/** How much a name says about its value: nothing, perhaps a secret, surely a secret, a password. */
export type NameStrength = 'none' | 'weak' | 'strong' | 'password';

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '));

const PASSWORD = words('password passwd pwd pw pass passphrase passcode passwort passe contrasena senha');
const STRONG = words(
  'secret token apikey credential credentials cred creds bearer jwt auth authorization authtoken accesstoken privatekey secretkey accesskey pat oauth sas ' +
    'apitoken clientsecret private sig cookie sessionid psk hmac',
);
const WEAK = words('key access license licence session client login api salt seed mnemonic otp webhook sid srt sk encryption');
// A name with one of these words anywhere holds something else than a secret.
const NEVER = words(
  'cache idempotency partition page next continuation continue cursor primary foreign sort sha sha1 sha256 digest commit signature checksum integrity etag ' +
    'fingerprint tokens tokenizer max usage trace span request response embedding thought thinking reasoning encrypted turn resume sync prompt completion ' +
    'monkey turkey keyboard keyword keywords public crew recv',
);
// So does a name that ends with one of these.
const NEVER_LAST = words(
  'id ids name names url uri urls path paths file dir count limit type types length size index hash version model expiry expires exp at ts time timestamp ' +
    'date ttl alg algorithm format field label header env ref provider issuer kind budget policy status state prefix suffix endpoint host region schema class ' +
    'test spec html js crt cer json yaml yml csv txt png svg log',
);

const HUMP = /([a-z0-9])([A-Z])|([A-Z])(?=[A-Z][a-z])/g;
const TAIL =
  /(?:api|access|private|secret|auth|app|client|signing|encryption|license|server|deploy|master)?(password|passwd|pwd|passphrase|secret|token|apikey|key|credentials?|auth)s?$/;
const WORD = /[a-z0-9]+/g;
const NUMBER = /\d+$/;

const strengthOfWord = (word: string): NameStrength => {
  if (PASSWORD.has(word)) return 'password';
  if (STRONG.has(word)) return 'strong';
  if (WEAK.has(word)) return 'weak';
  const tail = TAIL.exec(word)?.[1];
  if (tail === undefined) return 'none';
  if (PASSWORD.has(tail)) return 'password';
  return tail === 'key' ? 'weak' : 'strong';
};

const RANK: Readonly<Record<NameStrength, number>> = { none: 0, weak: 1, strong: 2, password: 3 };
const BY_RANK: readonly NameStrength[] = ['none', 'weak', 'strong', 'password'];

/** What one identifier contributes to a name. */
interface Part {
  readonly rank: number;
  /** How many of its words are weak ones. */
  readonly weak: number;
  /** It names something that is no secret, wherever it stands. */
  readonly never: boolean;
  /** It names something that is no secret when it stands last. */
  readonly neverLast: boolean;
}

// What has more digits is no name, but a value itself.
const MAX_DIGITS = 5;
const DIGIT = /\d/g;
// Random, but said to everybody. RFC 6455, section 1.3.
const HANDSHAKE = /^sec-websocket-/i;
const NO_NAME: Part = { rank: 0, weak: 0, never: false, neverLast: true };

const measure = (identifier: string): Part => {
  if (HANDSHAKE.test(identifier)) return NO_NAME;
  if ((identifier.match(DIGIT)?.length ?? 0) > MAX_DIGITS) return NO_NAME;
  const found = identifier.replace(HUMP, '$1$3_$2').toLowerCase().match(WORD) ?? [];
  const last = found.at(-1);
  let rank = 0;
  let weak = 0;
  for (const numbered of found) {
    // "token2" is one of several tokens.
    const word = numbered.replace(NUMBER, '');
    rank = Math.max(rank, RANK[strengthOfWord(word)]);
    if (WEAK.has(word)) weak++;
  }
  return { rank, weak, never: found.some((word) => NEVER.has(word)), neverLast: last === undefined || (NEVER_LAST.has(last) && !ROLE_SECRET.test(identifier)) };
};

const OTHER_SIGNS = /[^a-z0-9]/g;
const compact = (text: string): string => text.toLowerCase().replace(OTHER_SIGNS, '');
// Shorter names begin true passwords: password=password123.
const LEAST_OWN = 12;

/** Tells whether a value only says its own name, as constants and types do: `SECRET_FORMAT_V1 = 'secret-format-v1'`, `session: NetworkSession`. */
export const isOwnName = (name: string, value: string): boolean => {
  if (name.length < LEAST_OWN || value.length < name.length) return false;
  const own = compact(name);
  const said = compact(value);
  return own.length >= LEAST_OWN && (said.endsWith(own) || said.startsWith(own));
};

// Named an id, it is the secret of the two that a role of HashiCorp Vault logs in with.
const ROLE_SECRET = /^(?:vault_)?secret_id$/i;

const NOTHING: Part = { rank: 0, weak: 0, never: false, neverLast: false };

const MAX_KNOWN = 4000;
const known = new Map<string, Part>();

const partOf = (identifier: string): Part => {
  const answer = known.get(identifier);
  if (answer !== undefined) return answer;
  const part = measure(identifier);
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(identifier, part);
  return part;
};

/**
 * Tells from the words of a name, in whatever case it is written, whether a random value beside it is a secret.
 * @param before the word before the name, where there is one: "api" of "api key"
 */
export const nameStrength = (name: string, before = ''): NameStrength => {
  const last = partOf(name);
  if (last.neverLast || last.never) return 'none';
  const first = before === '' ? NOTHING : partOf(before);
  if (first.never) return 'none';
  const rank = Math.max(last.rank, first.rank);
  // "api key", "access key" and the like: two weak words make a strong one.
  return rank === RANK.weak && last.weak + first.weak > 1 ? 'strong' : (BY_RANK[rank] ?? 'none');
};

// Words that name a secret by themselves, wherever they stand.
const PLAIN_NAME =
  /^(?:(?:api|access|auth|app|bot|bearer|client|user|service|deploy|admin|private|secret|session|refresh|webhook)?(?:token|secret|key|password|passwd)|passphrase|passcode|credentials?)s?$/;

const NAME_TAIL =
  /(?:[Tt]oken|[Ss]ecret|[Kk]ey|[Pp]assword|[Pp]asswd|[Pp]assphrase|[Pp]asscode|[Cc]redential)s?$|(?:TOKEN|SECRET|KEY|PASSWORD|PASSWD|PASSPHRASE|PASSCODE|CREDENTIAL)S?$|(?:ACCESS|PRIVATE)$/;
// The last three letters of those: nearly every word of a text is told by them to be none.
const NAME_ENDS = words('ken ens ret ets key eys ord rds swd wds ase ses ode des ial als ess ate');

/** Tells quickly that a word is no name of a secret with nothing but a blank behind it; true is only a maybe. */
export const mayStandBeside = (word: string): boolean => NAME_ENDS.has(word.slice(-3).toLowerCase()) && NAME_TAIL.test(word);

// In a constant these say what its value is; in prose they are common words.
const CONSTANT_NAME = /(?:ACCESS|PRIVATE)$/;

const plainNames = new Map<string, boolean>();

/**
 * The same for a name with nothing but a blank between it and the value: in prose most words stand beside something. Only words count
 * that name a secret by themselves.
 */
export const strengthBeside = (name: string, before: string): NameStrength => {
  let plain = plainNames.get(name);
  if (plain === undefined) {
    const last = name.replace(HUMP, '$1$3_$2').toLowerCase().match(WORD)?.at(-1) ?? '';
    plain = PLAIN_NAME.test(last) || CONSTANT_NAME.test(name);
    if (plainNames.size >= MAX_KNOWN) plainNames.clear();
    plainNames.set(name, plain);
  }
  return plain ? nameStrength(name, before) : 'none';
};
