import { expect, test } from 'vitest';
import { credentialIn, credentialOf } from '../../../src/providers/shared/credential.ts';

const URL_OF = (query: string): URL => new URL(`https://example.org/v1/models${query}`);
const KEY = 'local-key-0123456789';

test.each([
  [{ authorization: `Bearer ${KEY}` }, '', KEY],
  [{ 'x-api-key': KEY }, '', KEY],
  [{ 'x-goog-api-key': KEY }, '', KEY],
  [{ 'api-key': KEY }, '', KEY],
  [{}, `?alt=sse&key=${KEY}`, KEY],
  [{}, '?alt=sse', undefined],
  // Signed anew for each request, or good for an hour: no keys that one would know again.
  [{ authorization: 'AWS4-HMAC-SHA256 Credential=x/20261120/us-east-1, Signature=ab' }, '', undefined],
  [{ authorization: 'Bearer ya29.a0ARrdaM' }, '', undefined],
  [{ authorization: 'Bearer eyJhbGciOi.eyJzdWIi.c2ln' }, '', undefined],
  [{ authorization: 'Bearer ' }, '', undefined],
])('the key in %j and "%s" is %s', (headers: Readonly<Record<string, string | undefined>>, query, wanted) => {
  expect(credentialIn((name) => headers[name], URL_OF(query))).toBe(wanted);
});

test('the key of a client is the key of its header', () => {
  expect(credentialOf(KEY)).toBe(KEY);
  expect(credentialOf(() => KEY)).toBeUndefined();
  expect(credentialOf(undefined)).toBeUndefined();
});
