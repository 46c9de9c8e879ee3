import { endpointOf } from '../providers/shared/endpoint.ts';
import { isKnownHost } from '../providers/shared/hosts.ts';
import { mayBeOthers } from '../providers/shared/plain-path.ts';

/** Where a request goes, as far as the first look needs it. */
export interface Place {
  /** Lower case, without userinfo and port. */
  readonly hostname: string;
  /** With the query. */
  readonly path: string;
}

const hostIn = (authority: string): string => {
  const host = authority.slice(authority.lastIndexOf('@') + 1).toLowerCase();
  const colon = host.lastIndexOf(':');
  return colon < 0 || host.endsWith(']') ? host : host.slice(0, colon);
};

/** Cuts an absolute address; `undefined` for what is none over HTTP. A fraction of the cost of a `URL`, since this is done for every request of the app. */
export const placeOf = (address: string): Place | undefined => {
  const scheme = address.indexOf('://');
  // An `h`, in whatever case.
  if (scheme < 4 || scheme > 5 || (address.charCodeAt(0) | 32) !== 104) return undefined;
  const slash = address.indexOf('/', scheme + 3);
  if (slash < 0) return { hostname: hostIn(address.slice(scheme + 3)), path: '/' };
  return { hostname: hostIn(address.slice(scheme + 3, slash)), path: address.slice(slash) };
};

/** What the first look finds: the path of a model call, another request to a model provider's host, or neither. */
export type Look = 'call' | 'host' | undefined;

/**
 * Looks at a request for the first time. A bare path such as `/responses` counts as a call here on any host;
 * whether that host is trusted is asked when the owner's rules are at hand.
 */
export const lookAt = (method: string, place: Place): Look => {
  if (endpointOf(method, place.path, place.hostname) !== undefined) return 'call';
  return isKnownHost(place.hostname) ? 'host' : undefined;
};

/** Whether the address alone says that it is a model's; else the owner has to have named the host. */
const isSure = (method: string, place: Place, kind: Look): boolean => kind === 'host' || endpointOf(method, place.path, place.hostname, true) !== undefined;

/** What the first look found at an address. */
export interface Seen {
  readonly kind: 'call' | 'host';
  /** Whether the address alone says that it is a model's. */
  readonly sure: boolean;
  /** Whether it may be another service's all the same, which the request itself then tells. */
  readonly doubtful: boolean;
  /** Whether the host is a model provider's, whatever is asked there. */
  readonly known: boolean;
}

/** Says all that the address tells. */
export const seenThere = (method: string, place: Place, kind: 'call' | 'host'): Seen => ({
  kind,
  sure: isSure(method, place, kind),
  doubtful: kind === 'call' && mayBeOthers(place.path, place.hostname),
  known: isKnownHost(place.hostname),
});

/** Requests to models that were seen lately, by method and address: a service asks the same few again and again. */
const known = new Map<string, Seen>();
const MOST_KNOWN = 200;

/** Looks at a request by its whole address; `undefined` for what is no model's business. */
export const seenAt = (method: string, address: string): Seen | undefined => {
  const key = `${method} ${address}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const place = placeOf(address);
  const kind = place === undefined ? undefined : lookAt(method, place);
  if (place === undefined || kind === undefined) return undefined;
  if (known.size >= MOST_KNOWN) known.clear();
  const seen = seenThere(method, place, kind);
  known.set(key, seen);
  return seen;
};
