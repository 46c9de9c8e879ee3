import { nameStrength } from './engine/secret-words.ts';

// A name that says by itself that its value is a secret, whatever the value looks like.
const SECRET_NAME =
  /(?:^|[._\-/\s])(?:x-?)?(?:api[_-]?key|api[_-]?token|apikey|[a-z]+[_-]api[_-]?key|access[_-]?key|secret[_-]?key|private[_-]?key|encryption[_-]?key|signing[_-]?key|account[_-]?key|subscription[_-]?key|service[_-]?key|master[_-]?key|goog-api-key|functions-key|secret|[a-z]+[_-]secret|client[_-]?secret|password|passwd|passphrase|pwd|passcode|credentials?|authorization|proxy-authorization|cookie|set-cookie|auth[_-]?token|access[_-]?token|refresh[_-]?token|id[_-]?token|session[_-]?token|security[_-]?token|bearer[_-]?token|csrf[_-]?token|xsrf[_-]?token|auth|bearer|jwt|sig|signature|(?:amz|goog)-(?:signature|credential|security-token)|connection[_-]?string|dsn)$/;
// Camel case is read as words: apiKey is api_key.
const HUMP = /([a-z0-9])([A-Z])/g;
// These end like a secret's name and hold none.
const PUBLIC_NAME =
  /(?:thought|thinking|content|message|function|method|type|event)[._-]?signature$|^gen_ai\.|^purser\.|public[_-]?key|auth[_-]?type$|^signature$|\.signature$/;

// Names of our own catalog, but for the owner's labels, are known; the public half of a pair may be seen.
const KNOWN_NAME = /^purser\.(?!tag\.)|public[_-]?key/;
const SOCIAL = /\b(?:ssn|social[ _-]?security)/i;
const LONGEST = 200;

/** What a name says of its value: `secret` whatever that looks like, `telling` where it may be one if it looks so, or nothing. */
export type NameKind = 'secret' | 'telling' | 'plain';

const judged = (name: string): NameKind => {
  const plain = name.replace(HUMP, '$1_$2').toLowerCase();
  if (SECRET_NAME.test(plain) && !PUBLIC_NAME.test(plain)) return 'secret';
  if (KNOWN_NAME.test(plain)) return 'plain';
  return nameStrength(name) !== 'none' || SOCIAL.test(plain) ? 'telling' : 'plain';
};

const MAX_KNOWN = 4000;
const known = new Map<string, NameKind>();

/** Tells what the name of a field, header, query parameter or flag says of its value. Each name is judged once. */
export const nameKind = (name: string): NameKind => {
  if (name === '' || name.length > LONGEST) return 'plain';
  const answer = known.get(name);
  if (answer !== undefined) return answer;
  const kind = judged(name);
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(name, kind);
  return kind;
};

/** Tells whether a field, header, query parameter or flag of this name holds a secret by its name alone. */
export const isSecretName = (name: string): boolean => nameKind(name) === 'secret';
