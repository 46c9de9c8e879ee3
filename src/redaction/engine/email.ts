import type { HitList } from './hits.ts';
import type { Subject } from './subject.ts';

const LETTER = 1;
const LOCAL = 2;
const KIND = Uint8Array.from({ length: 256 }, (_, code) => {
  const char = String.fromCharCode(code);
  return (/[A-Za-z0-9]/.test(char) ? LETTER : 0) | (/[A-Za-z0-9.!#$%&'*+/=?^_{|}~\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff-]/.test(char) ? LOCAL : 0);
});
const isKind = (bytes: Uint8Array, at: number, kind: number): boolean => ((KIND[bytes[at] ?? 0] ?? 0) & kind) !== 0;
const DOMAIN =
  /(?:[A-Za-z0-9\u00c0-\u00ff](?:[A-Za-z0-9\u00c0-\u00ff-]{0,62}[A-Za-z0-9\u00c0-\u00ff])?\.){1,8}(?:xn--[A-Za-z0-9-]{2,59}|[A-Za-z]{2,24})(?![A-Za-z0-9-])/y;
const MAX_LOCAL = 64;
const FIRST_LATIN = 0xc0;
// Top-level labels that are file endings: "logo@2x.png", "types@latest.d.ts".
const FILE_ENDING =
  /\.(?:png|jpe?g|gif|svg|webp|ico|css|scss|less|js|mjs|cjs|ts|tsx|jsx|json|map|html|txt|ya?ml|tgz|zip|patch|diff|gz|local|internal|lan|git)$/i;
// Accounts of services and machines, not of people.
const NOT_A_PERSON = /^(?:git|hg|svn|noreply|no-reply|do-not-reply|donotreply)$/i;

/** Cuts off what a query or an assignment put before an address: "to=jane" is jane. */
const localPart = (raw: string): string =>
  raw.slice(Math.max(raw.lastIndexOf('='), raw.lastIndexOf('/'), raw.lastIndexOf('?'), raw.lastIndexOf('&'), raw.lastIndexOf('{')) + 1);

const localStart = (bytes: Uint8Array, at: number, floor: number): number => {
  let start = at;
  while (start > floor && at - start < MAX_LOCAL && isKind(bytes, start - 1, LOCAL)) start--;
  // An address of RFC 6531 may begin with a letter of another language.
  while (start < at && !isKind(bytes, start, LETTER) && (bytes[start] ?? 0) < FIRST_LATIN) start++;
  return start;
};

/** Gives where the address around the sign at `at` begins and ends, or `undefined` when it is none. */
const addressAt = ({ text, bytes }: Subject, at: number, floor: number): { readonly start: number; readonly end: number } | undefined => {
  // What is quickly told comes first: the sign is common in code, with nothing before it.
  if (!isKind(bytes, at + 1, LETTER)) return undefined;
  const start = localStart(bytes, at, floor);
  if (start === at) return undefined;
  DOMAIN.lastIndex = at + 1;
  const domain = DOMAIN.exec(text)?.[0];
  if (domain === undefined || FILE_ENDING.test(domain)) return undefined;
  const local = localPart(text.slice(start, at));
  return local === '' || NOT_A_PERSON.test(local) ? undefined : { start: at - local.length, end: at + 1 + domain.length };
};

/** Finds e-mail addresses of people. */
export const emails = (subject: Subject, list: HitList): void => {
  const { text } = subject;
  let floor = 0;
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', floor)) {
    list.tick();
    const address = addressAt(subject, at, floor);
    if (address !== undefined) list.add('email', address.start, address.end, 'an e-mail address');
    floor = address?.end ?? at + 1;
  }
};
