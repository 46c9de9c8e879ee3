import type { ReadAttempt } from '../call/adapter.ts';
import type { Begun } from '../providers/shared/begin.ts';
import type { WireCall, WireDeps } from './begin-on-wire.ts';
import type { Retries } from './retries.ts';

/** What follows redirects does so in the same turn or a few turns later. */
const WAIT_MS = 1_000;

/** An answer that only says where to ask: nothing is in it, and nothing is billed. */
interface Redirect {
  readonly status: number;
  readonly header: (name: string) => string | null;
  readonly attempt: ReadAttempt;
}

/**
 * What the two requests have in common. A fragment and a name with its password are sent to nobody, but stand in an address as the app follows it; of a
 * request whose text was not read, such as one with a form, its address and labels say which it is.
 */
const keyOf = (method: string, { origin, pathname, search }: URL, text: string | undefined): string =>
  `redirect ${method} ${origin}${pathname}${search}\n${text ?? ''}`;

/** Of these the first keep method and body; whoever asks with GET does so again after the others as well. @source rfc-editor.org/rfc/rfc9110#section-15.4 */
const SAME: readonly number[] = [307, 308];
const SAME_OF_GET: readonly number[] = [...SAME, 301, 302, 303];

/** Where the same request is to be sent again. */
const targetOf = (status: number, location: string | null, { url: from, method }: Pick<WireCall, 'url' | 'method'>): URL | undefined => {
  if (!(method === 'GET' ? SAME_OF_GET : SAME).includes(status) || location === null || !URL.canParse(location, from)) return undefined;
  return new URL(location, from);
};

/**
 * Takes an answer that sends the app elsewhere; false for every other answer. The request that follows it, with the same method and body, goes on with
 * the same call, as one that `fetch` itself sends after a redirect does. Where none comes the call has failed with the status.
 */
export const isRedirected = ({ retries }: WireDeps, wire: WireCall, { status, header, attempt }: Redirect): boolean => {
  // 304 says that what the app has is still right.
  if (status < 300 || status >= 400 || status === 304) return false;
  const { call, reader, method, text, labels } = wire;
  const failed = (): void => {
    reader.headers(header, status);
    call.attempt(attempt);
    call.failed({ status });
  };
  const to = targetOf(status, header('location'), wire);
  if (to === undefined) failed();
  else retries.hold({ key: keyOf(method, to, text), count: 0, labels }, wire, WAIT_MS, failed);
  return true;
};

/**
 * Gives the call that was sent here by a redirect: the one of the same labels where it waits. What follows in the turn of the connection, as undici does,
 * has those of nobody.
 */
export const redirectedCall = (
  retries: Retries,
  { method, url, text }: Pick<WireCall, 'method' | 'url' | 'text'>,
  labels: object | undefined,
): Begun | undefined => {
  if (retries.isEmpty) return undefined;
  const key = keyOf(method, url, text);
  return retries.take({ key, count: 1, labels }) ?? retries.first(key);
};
