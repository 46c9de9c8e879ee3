import type { HitList } from './hits.ts';
import { looksRandom } from './randomness.ts';
import { isSecretAddress } from './secret-addresses.ts';
import type { Subject } from './subject.ts';

const MAX_SCHEME = 24;
const SCHEME_END = '://'.length;
const MAX_USERINFO = 512;
const SCHEME_CHAR = /[A-Za-z0-9+.:-]/;
const AUTHORITY = /[^\s"'`<>?#\\,;(){}|/]{1,512}/y;
const URI_END = /[\s"'`<>\\]/;
const PLACEHOLDER = /[${}<>[\]*]|%s|^(?:x+|\.+|_+)$|^REDACTED$/i;
const HTTP = /(?:^|:)(?:https?|ftps?|wss?|sftp|ssh|git)$/i;

const schemeStart = (text: string, colon: number): number => {
  let at = colon;
  while (at > 0 && colon - at < MAX_SCHEME && SCHEME_CHAR.test(text.charAt(at - 1))) at--;
  return at;
};

const authorityOf = (text: string, from: number): string => {
  AUTHORITY.lastIndex = from;
  return AUTHORITY.exec(text)?.[0] ?? '';
};

const uriEnd = (text: string, from: number): number => {
  let end = from;
  while (end < text.length && end - from < MAX_USERINFO * 4 && !URI_END.test(text.charAt(end))) end++;
  while (end > from && /[.,;:!?)\]}]/.test(text.charAt(end - 1))) end--;
  return end;
};

const isSecretUser = (user: string): boolean => user.length >= 16 && looksRandom(user, 0, user.length);

// Drivers of databases take the password as a parameter too.
const DRIVER = /jdbc:/i;
const PARAMETERS = /^[^\s"'`<>\\]*/;
const PARAMETER = /[?&;](?:password|pwd)=[^\s&;]/i;

/** Gives where an address that is secret as a whole ends, or 0. */
const wholeEnd = (text: string, from: number, authority: string): number => {
  const behind = from + authority.length;
  if (isSecretAddress(text, authority, behind)) return uriEnd(text, behind);
  if (!DRIVER.test(text.slice(Math.max(0, from - MAX_SCHEME), from))) return 0;
  // Up to the next address, so that many of them do not each read the same.
  const next = text.indexOf('://', behind);
  const end = PARAMETERS.exec(text.slice(behind, next < 0 ? behind + MAX_USERINFO : Math.min(next, behind + MAX_USERINFO)))?.[0] ?? '';
  return PARAMETER.test(end) ? uriEnd(text, behind) : 0;
};

/** Notes an address without a user that is secret as a whole; gives where it was looked at. */
const wholeAt = (text: string, colon: number, authority: string, list: HitList): number => {
  const from = colon + SCHEME_END;
  const end = wholeEnd(text, from, authority);
  if (end > 0) list.add('secret-address', schemeStart(text, colon), end, 'an address that is a secret itself');
  return Math.max(from, end);
};

/** Notes a key that stands as the user of an address; a DSN is published and copied as a whole. */
const keyAt = (text: string, colon: number, at: number, behind: number, list: HitList): number => {
  const isDsn = /sentry|ingest/i.test(text.slice(at, behind));
  const end = isDsn ? uriEnd(text, behind) : at;
  list.add(isDsn ? 'sentry-dsn' : 'url-credentials', isDsn ? schemeStart(text, colon) : colon + SCHEME_END, end, 'a key as the user of an address');
  return end;
};

const isPair = (user: string, password: string): boolean => password !== '' && !PLACEHOLDER.test(password) && !PLACEHOLDER.test(user);

/** Notes what is secret in the address with the scheme that ends at `colon`; gives where it was looked at. */
const addressAt = (text: string, colon: number, list: HitList): number => {
  const from = colon + SCHEME_END;
  const authority = authorityOf(text, from);
  const behind = from + authority.length;
  const at = authority.lastIndexOf('@');
  if (at < 0) return wholeAt(text, colon, authority, list);
  const userinfo = authority.slice(0, at);
  const split = userinfo.indexOf(':');
  if (split < 0) return isSecretUser(userinfo) ? keyAt(text, colon, from + at, behind, list) : from;
  if (!isPair(userinfo.slice(0, split), userinfo.slice(split + 1))) return from;
  const start = schemeStart(text, colon);
  const end = HTTP.test(text.slice(start, colon)) ? behind : uriEnd(text, behind);
  list.add('url-credentials', start, end, 'a user and password inside an address');
  return end;
};

/** Finds addresses with a user and password, or a key as the user: of a database as a whole, of the web up to the end of the host; and those that are a secret themselves. */
export const uriCredentials = ({ text }: Subject, list: HitList): void => {
  for (let colon = text.indexOf('://'); colon >= 0;) {
    list.tick();
    colon = text.indexOf('://', addressAt(text, colon, list));
  }
};
