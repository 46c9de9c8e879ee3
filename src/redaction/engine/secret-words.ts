/** How much a name says about its value: nothing, perhaps a secret, surely a secret, a password. */
export type NameStrength = 'none' | 'weak' | 'strong' | 'password';

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '));

const PASSWORD = words('password passwd pwd pass passphrase passcode passwort contrasena senha');
const STRONG = words(
  'secret token apikey credential credentials cred creds bearer jwt auth authorization authtoken accesstoken privatekey secretkey accesskey pat oauth sas ' +
    'apitoken clientsecret private sig cookie sessionid psk hmac',
);
const WEAK = words('key access license licence session client login api salt seed mnemonic otp webhook sid srt sk encryption');
// A name with one of these words anywhere holds something else than a secret.
const NEVER = words(
  'cache idempotency partition page next continuation continue cursor primary foreign sort sha sha1 sha256 digest commit signature checksum integrity etag ' +
    'fingerprint tokens tokenizer max usage trace span request response embedding thought thinking reasoning encrypted turn resume sync prompt completion ' +
    'monkey turkey keyboard keyword keywords',
);
// So does a name that ends with one of these.
const NEVER_LAST = words(
  'id ids name names url uri urls path paths file dir count limit type types length size index hash version model expiry expires exp at ts time timestamp ' +
    'date ttl alg algorithm format field label header env ref provider issuer kind budget policy status state prefix suffix endpoint host region schema class ' +
    'test spec html js',
);

const HUMP = /([a-z0-9])([A-Z])|([A-Z])(?=[A-Z][a-z])/g;
const TAIL =
  /(?:api|access|private|secret|auth|app|client|signing|encryption|license|server|deploy|master)?(password|passwd|pwd|passphrase|secret|token|apikey|key|credentials?|auth)s?$/;
const WORD = /[a-z0-9]+/g;

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

const measure = (name: string): NameStrength => {
  const parts = name.replace(HUMP, '$1$3_$2').toLowerCase().match(WORD) ?? [];
  const last = parts.at(-1);
  if (last === undefined || NEVER_LAST.has(last)) return 'none';
  let best: NameStrength = 'none';
  for (const part of parts) {
    if (NEVER.has(part)) return 'none';
    const strength = strengthOfWord(part);
    if (RANK[strength] > RANK[best]) best = strength;
  }
  // "api key", "access key" and the like: two weak words make a strong one.
  return best === 'weak' && parts.filter((part) => WEAK.has(part)).length > 1 ? 'strong' : best;
};

const MAX_KNOWN = 4000;
const known = new Map<string, NameStrength>();

/** Tells from the words of a name, in whatever case it is written, whether a random value beside it is a secret. */
export const nameStrength = (name: string): NameStrength => {
  const answer = known.get(name);
  if (answer !== undefined) return answer;
  const strength = measure(name);
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(name, strength);
  return strength;
};
