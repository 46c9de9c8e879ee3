import { isTraceHeader } from '../trace-headers.ts';
import type { FetchSeen } from '../wire-calls.ts';

/** Headers in any form that `fetch` takes. */
export type HeadersInput = NonNullable<NonNullable<FetchSeen['init']>['headers']>;

const isIterable = (value: object): value is Iterable<readonly [string, string]> => Symbol.iterator in value;

/** Whether headers can be gone through just once, as `new Headers().entries()`, which are the request's. */
export const isOnce = (headers: HeadersInput): headers is [string, string][] => isIterable(headers) && 'next' in headers;

/** The headers that count for a request: those of the options, else those of the Request. */
export const headersOf = ({ input, init }: Pick<FetchSeen, 'input' | 'init'>): HeadersInput | undefined => {
  if (init?.headers !== undefined && init.headers !== null) return init.headers;
  return typeof input === 'object' && 'headers' in input ? input.headers : undefined;
};

/** Gives one header by its lower-case name. */
export const headerOf = (headers: HeadersInput | undefined, name: string): string | undefined => {
  if (headers === undefined) return undefined;
  if (headers instanceof Headers) return headers.get(name) ?? undefined;
  const pairs = isIterable(headers) ? headers : Object.entries(headers);
  for (const [key, value] of pairs) if (key.length === name.length && key.toLowerCase() === name) return value;
  return undefined;
};

const carries = (headers: HeadersInput): boolean => {
  const pairs = isIterable(headers) ? headers : Object.entries(headers);
  for (const [name] of pairs) if (isTraceHeader(name)) return true;
  return false;
};

/** The same headers without those that carry a trace, in the same form where their spelling could be seen; the same object where there are none. */
export const withoutTraceHeaders = (headers: HeadersInput): HeadersInput => {
  if (!carries(headers)) return headers;
  if (isIterable(headers)) return [...headers].filter(([name]) => !isTraceHeader(name)).map(([name, value]): [string, string] => [name, value]);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !isTraceHeader(name)));
};

/** The same headers with another length of the body, where they state one. */
export const withLength = (headers: HeadersInput | undefined, bytes: number): HeadersInput | undefined => {
  if (headers === undefined || headerOf(headers, 'content-length') === undefined) return headers;
  const pairs = isIterable(headers) ? [...headers] : Object.entries(headers);
  return pairs.map(([name, value]): [string, string] => [name, name.toLowerCase() === 'content-length' ? String(bytes) : value]);
};
