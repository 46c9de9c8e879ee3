import type { ClientRequest } from 'node:http';
import { guard } from '../../base/diag.ts';
import { lookAt, placeOf, type Place } from '../place.ts';
import { isTraceHeader, withoutTrace } from '../trace-headers.ts';
import type { HttpSeen, WireCalls } from '../wire-calls.ts';

/** The functions of `node:http` and `node:https` that begin a request. */
export interface HttpModule {
  request: (...args: readonly unknown[]) => ClientRequest;
  get: (...args: readonly unknown[]) => ClientRequest;
}

interface Options {
  readonly protocol?: string | null;
  readonly hostname?: string | null;
  readonly host?: string | null;
  readonly port?: string | number | null;
  readonly path?: string | null;
  readonly method?: string;
  readonly headers?: unknown;
}

interface Address {
  readonly place: Place;
  readonly address: string;
}

const isOptions = (value: unknown): value is Options => typeof value === 'object' && value !== null;

const whole = (address: string): Address | undefined => {
  const place = placeOf(address);
  return place === undefined ? undefined : { place, address };
};

const addressOf = (protocol: string, options: Options): Address | undefined => {
  const path = options.path ?? '/';
  // A request to a proxy names the whole address of what it is really for.
  if (!path.startsWith('/')) return whole(path);
  const hostname = (options.hostname ?? options.host ?? 'localhost').toLowerCase();
  const port = options.port ?? '';
  return { place: { hostname, path }, address: `${options.protocol ?? protocol}//${hostname}${port === '' ? '' : `:${port}`}${path}` };
};

/** Options come first, or after an address. */
const optionsOf = (args: readonly unknown[]): { readonly at: number; readonly options: Options | undefined } => {
  const [first, second] = args;
  const at = typeof first === 'string' || first instanceof URL ? 1 : 0;
  const options = at === 0 ? first : second;
  return { at, options: isOptions(options) ? options : undefined };
};

type Seen = Omit<HttpSeen, 'send'>;

const look = (protocol: string, args: readonly unknown[]): Seen | undefined => {
  const { at, options } = optionsOf(args);
  const [first] = args;
  const found = at === 1 ? whole(typeof first === 'string' ? first : (first as URL).href) : options === undefined ? undefined : addressOf(protocol, options);
  if (found === undefined) return undefined;
  const method = options?.method?.toUpperCase() ?? 'GET';
  const kind = lookAt(method, found.place);
  return kind === undefined ? undefined : { method, address: found.address, kind };
};

/** Headers given as a list are written at once, so those that carry a trace are taken out before. */
const withoutTraceInList = (args: readonly unknown[]): readonly unknown[] => {
  const { at, options } = optionsOf(args);
  const headers = options?.headers;
  if (!Array.isArray(headers) || options === undefined) return args;
  const kept = Array.isArray(headers[0])
    ? headers.filter((pair) => !isTraceHeader(String((pair as readonly unknown[])[0])))
    : withoutTrace(headers as readonly unknown[]);
  return args.map((argument, index) => (index === at ? { ...options, headers: kept } : argument));
};

const tapped = new WeakSet<object>();

/** Puts the tap in the place of a module's `request` and `get`, once. */
export const tapHttp = (module: HttpModule, protocol: 'http:' | 'https:', wire: () => WireCalls | undefined): void => {
  if (tapped.has(module)) return;
  tapped.add(module);
  const { request: original, get } = module;
  const request = function request(this: unknown, ...args: readonly unknown[]): ClientRequest {
    const seen = guard('wire.look', () => look(protocol, args));
    const calls = seen === undefined ? undefined : wire();
    if (seen === undefined || calls === undefined) return Reflect.apply(original, this, args);
    const kept = calls.keepTrace ? args : (guard('wire.trace', () => withoutTraceInList(args)) ?? args);
    return calls.http({ ...seen, send: () => Reflect.apply(original, this, kept) });
  };
  // As the original does: a request that is ended at once.
  const getTapped = function get(this: unknown, ...args: readonly unknown[]): ClientRequest {
    const sent = Reflect.apply(request, this, args);
    sent.end();
    return sent;
  };
  replace(module, 'request', original, request);
  replace(module, 'get', get, getTapped);
};

const replace = (module: HttpModule, name: 'request' | 'get', original: object, value: HttpModule['request']): void => {
  Object.defineProperty(value, 'length', { value: (original as { readonly length: number }).length, configurable: true });
  Object.defineProperty(module, name, { ...Object.getOwnPropertyDescriptor(module, name), value });
};
