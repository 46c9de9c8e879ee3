/** Access tokens of Google Cloud, and JSON Web Tokens as Azure and others hand out: they live for an hour, so that each would look like a new key. */
const SHORT_LIVED = /^(?:ya29\.|eyJ)/;
const SHORTEST = 8;

/** Gives an API key as a client holds it or a header carries it, or `undefined` where it is none that lasts. */
export const credentialOf = (value: unknown): string | undefined => {
  if (typeof value !== 'string') return undefined;
  // What is signed anew for each request, such as AWS's, has another scheme.
  const key = value.startsWith('Bearer ') ? value.slice('Bearer '.length) : value;
  return key.length < SHORTEST || key.includes(' ') || SHORT_LIVED.test(key) ? undefined : key;
};

/** Gives the API key that a request carries in its headers, whatever its provider calls it, or in its address as Google allows. */
export const credentialIn = (header: (name: string) => string | undefined, url: URL): string | undefined => {
  const said = header('authorization') ?? header('x-api-key') ?? header('x-goog-api-key') ?? header('api-key');
  return credentialOf(said ?? (url.search.includes('key=') ? url.searchParams.get('key') : undefined));
};
