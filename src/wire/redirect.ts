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

const keyOf = (method: string, url: URL, text: string): string => `redirect ${method} ${url.href}\n${text}`;

/** Where the same request is to be sent again. @source rfc-editor.org/rfc/rfc9110#section-15.4: 307 and 308 keep method and body */
const targetOf = (status: number, location: string | null, from: URL): URL | undefined => {
  if ((status !== 307 && status !== 308) || location === null || !URL.canParse(location, from)) return undefined;
  const url = new URL(location, from);
  url.hash = '';
  url.username = '';
  url.password = '';
  return url;
};

/**
 * Takes an answer that sends the app elsewhere; false for every other answer. The request that follows it, with the same method and body, goes on with
 * the same call, as one that `fetch` itself sends after a redirect does. Where none comes the call has failed with the status.
 */
export const isRedirected = ({ retries }: WireDeps, wire: WireCall, { status, header, attempt }: Redirect): boolean => {
  // 304 says that what the app has is still right.
  if (status < 300 || status >= 400 || status === 304) return false;
  const { call, reader, method, text } = wire;
  const failed = (): void => {
    reader.headers(header, status);
    call.attempt(attempt);
    call.failed({ status });
  };
  const to = text === undefined ? undefined : targetOf(status, header('location'), wire.url);
  if (to === undefined || text === undefined) failed();
  else retries.hold({ key: keyOf(method, to, text), count: 0 }, wire, WAIT_MS, failed);
  return true;
};

/** Gives the call that was sent here by a redirect. */
export const redirectedCall = (retries: Retries, method: string, url: URL, text: string | undefined): Begun | undefined =>
  retries.isEmpty || text === undefined ? undefined : retries.take({ key: keyOf(method, url, text), count: 1 });
