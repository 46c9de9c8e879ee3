import type { HitList } from './hits.ts';
import { looksRandom } from './randomness.ts';
import type { Subject } from './subject.ts';

const MAX_SCHEME = 24;
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

interface Authority {
  /** The last `@`: passwords may hold one too. */
  readonly at: number;
  readonly end: number;
}

const authorityOf = (text: string, from: number): Authority | undefined => {
  AUTHORITY.lastIndex = from;
  const authority = AUTHORITY.exec(text)?.[0] ?? '';
  const at = authority.lastIndexOf('@');
  return at < 0 ? undefined : { at: from + at, end: from + authority.length };
};

const uriEnd = (text: string, from: number): number => {
  let end = from;
  while (end < text.length && end - from < MAX_USERINFO * 4 && !URI_END.test(text.charAt(end))) end++;
  while (end > from && /[.,;:!?)\]}]/.test(text.charAt(end - 1))) end--;
  return end;
};

const isSecretUser = (user: string): boolean => user.length >= 16 && looksRandom(user, 0, user.length);

/** Finds addresses with a user and password, or a key as the user: of a database as a whole, of the web up to the end of the host. */
export const uriCredentials = ({ text }: Subject, list: HitList): void => {
  let colon = text.indexOf('://');
  while (colon >= 0) {
    list.tick();
    const from = colon + 3;
    const authority = authorityOf(text, from);
    let next = from;
    if (authority !== undefined) {
      const userinfo = text.slice(from, authority.at);
      const split = userinfo.indexOf(':');
      const password = split < 0 ? '' : userinfo.slice(split + 1);
      const start = schemeStart(text, colon);
      if (password !== '' && !PLACEHOLDER.test(password) && !PLACEHOLDER.test(userinfo.slice(0, split))) {
        const end = HTTP.test(text.slice(start, colon)) ? authority.end : uriEnd(text, authority.end);
        list.add('url-credentials', start, end, 'a user and password inside an address');
        next = end;
      } else if (split < 0 && isSecretUser(userinfo)) {
        const dsn = /sentry|ingest/i.test(text.slice(authority.at, authority.end));
        list.add(dsn ? 'sentry-dsn' : 'url-credentials', from, authority.at, 'a key as the user of an address');
        next = authority.at;
      }
    }
    colon = text.indexOf('://', next);
  }
};
