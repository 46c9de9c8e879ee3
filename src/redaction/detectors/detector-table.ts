import { ANCHORED_FORMATS } from '../engine/anchored-keys.ts';
import { SHAPES } from '../engine/special-shapes.ts';
import { TYPED_FORMATS } from './table.ts';

/** One detector as the docs show it. */
export interface DetectorEntry {
  readonly name: string;
  readonly title: string;
  readonly group: 'structure' | 'own' | 'key' | 'personal';
  readonly on: boolean;
  readonly how: string;
  readonly source: string;
}

const entry = (name: string, group: DetectorEntry['group'], title: string, how: string, source: string, on = true): DetectorEntry => ({
  name,
  title,
  group,
  on,
  how,
  source,
});

const OTHERS: readonly DetectorEntry[] = [
  entry('own-secret', 'own', 'A secret of this process', 'exact value: plain, percent- and form-encoded, base64, hex, JSON- and HTML-escaped', 'purser'),
  entry('secret-field', 'structure', 'A field, header or attribute that is secret by its name', 'name of the member', 'purser'),
  entry(
    'authorization',
    'structure',
    'The value behind an authorization scheme',
    'Bearer, Basic, Token and others, then a random value',
    'RFC 9110, section 11',
  ),
  entry('named-secret', 'structure', 'A random value beside the name of a secret', 'words of the name, and a test for randomness', 'purser'),
  entry('password', 'structure', 'A value behind the name of a password', 'name, joint and a test against words and code', 'purser'),
  entry('argv-flag', 'structure', 'The value of a flag that is secret by its name', '--password, --token, --api-key and others', 'purser'),
  entry('curl-user', 'structure', 'User and password of a curl command', '-u, --user, --proxy-user', 'https://curl.se/docs/manpage.html'),
  entry('url-credentials', 'structure', 'User and password in an address', 'userinfo; databases as a whole', 'RFC 3986, section 3.2.1'),
  entry(
    'secret-address',
    'structure',
    'An address that is a secret itself',
    'webhooks, endpoints with the key in the path; drivers of databases',
    'the pages of each service',
  ),
  entry('sentry-dsn', 'structure', 'Sentry DSN', 'a key as the user of an ingest address', 'https://docs.sentry.io/concepts/key-terms/dsn-explainer/'),
  entry(
    'url-query',
    'structure',
    'A query parameter that is secret by its name',
    'key, token, sig, X-Amz-Signature and others',
    'https://opentelemetry.io/docs/specs/semconv/registry/attributes/url/',
  ),
  entry(
    'kubernetes-secret',
    'structure',
    'A member of a Kubernetes Secret',
    'kind: Secret, then data',
    'https://kubernetes.io/docs/concepts/configuration/secret/',
  ),
  entry('private-key', 'key', 'Private key in PEM: whole, without an end, on one line', '-----BEGIN … PRIVATE KEY', 'RFC 7468'),
  entry('password-hash', 'key', 'Hash of a password', '$2b$, $6$, $argon2id$ and others', 'https://passlib.readthedocs.io/en/stable/modular_crypt_format.html'),
  entry('jwt', 'key', 'JSON Web Token', 'eyJ….…', 'RFC 7519'),
  entry('email', 'personal', 'E-mail address', 'address with a real top-level label', 'RFC 5322'),
  entry('credit-card', 'personal', 'Card number', 'issuer, length, grouping and check digit (Luhn)', 'ISO/IEC 7812'),
  entry('iban', 'personal', 'Bank account number', 'country length and check (mod 97)', 'ISO 13616'),
  entry(
    'us-ssn',
    'personal',
    'US social security number',
    'ranges; nine bare digits only where named or alone',
    'https://www.ssa.gov/employer/randomization.html',
  ),
  entry('phone', 'personal', 'Phone number', 'country code, or North American joints', 'ITU-T E.164', false),
  entry('ip-address', 'personal', 'IP address', 'IPv4 and IPv6', 'RFC 4291', false),
];

const merged = (entries: readonly DetectorEntry[]): readonly DetectorEntry[] => {
  const byName = new Map<string, DetectorEntry>();
  for (const next of entries) {
    const known = byName.get(next.name);
    byName.set(next.name, known === undefined ? next : { ...known, how: known.how === next.how ? known.how : `${known.how}, ${next.how}` });
  }
  return [...byName.values()];
};

const shown = (prefixes: readonly string[]): string => (prefixes.length > 8 ? `${prefixes.slice(0, 4).join(' ')} …` : prefixes.join(' '));

/** Every detector with its published format: what the docs, the settings and the marks go by. */
export const DETECTORS: readonly DetectorEntry[] = merged([
  ...OTHERS,
  ...TYPED_FORMATS.map((format) => entry(format.detector, 'key', format.title, shown(format.prefixes), format.source)),
  ...SHAPES.map((shape) => entry(shape.detector, 'key', shape.title, 'its whole shape', shape.source)),
  ...ANCHORED_FORMATS.map((format) => entry(format.detector, 'key', format.title, `${format.anchor.trim()} in its middle`, format.source)),
]);

/** Whether a detector is on when the settings say nothing; those of the user's own always are. */
export const isOnByDefault = (name: string): boolean => !OFF.has(name);

const OFF = new Set(DETECTORS.filter((detector) => !detector.on).map((detector) => detector.name));
