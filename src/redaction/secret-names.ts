// A name that says by itself that its value is a secret, whatever the value looks like.
const SECRET_NAME =
  /(?:^|[._\-/\s])(?:x-?)?(?:api[_-]?key|api[_-]?token|apikey|[a-z]+[_-]api[_-]?key|access[_-]?key|secret[_-]?key|private[_-]?key|encryption[_-]?key|signing[_-]?key|account[_-]?key|subscription[_-]?key|service[_-]?key|master[_-]?key|goog-api-key|functions-key|secret|[a-z]+[_-]secret|client[_-]?secret|password|passwd|passphrase|pwd|passcode|credentials?|authorization|proxy-authorization|cookie|set-cookie|auth[_-]?token|access[_-]?token|refresh[_-]?token|id[_-]?token|session[_-]?token|security[_-]?token|bearer[_-]?token|csrf[_-]?token|xsrf[_-]?token|auth|bearer|jwt|sig|signature|(?:amz|goog)-(?:signature|credential|security-token)|connection[_-]?string|dsn)$/;
// Camel case is read as words: apiKey is api_key.
const HUMP = /([a-z0-9])([A-Z])/g;
// These end like a secret's name and hold none.
const PUBLIC_NAME =
  /(?:thought|thinking|content|message|function|method|type|event)[._-]?signature$|^gen_ai\.|^purser\.|public[_-]?key|auth[_-]?type$|^signature$|\.signature$/;

const MAX_KNOWN = 4000;
const known = new Map<string, boolean>();

/** Tells whether a field, header, query parameter or flag of this name holds a secret by its name alone. */
export const isSecretName = (name: string): boolean => {
  const answer = known.get(name);
  if (answer !== undefined) return answer;
  const plain = name.replace(HUMP, '$1_$2').toLowerCase();
  const secret = name.length <= 200 && SECRET_NAME.test(plain) && !PUBLIC_NAME.test(plain);
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(name, secret);
  return secret;
};
