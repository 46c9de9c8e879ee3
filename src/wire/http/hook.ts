import type { ClientRequest } from 'node:http';
import { guard } from '../../base/diag.ts';
import { callsFor } from '../calls-for.ts';
import { lookAt, seenThere, type Seen } from '../place.ts';
import { isTraceHeader, withoutTrace } from '../trace-headers.ts';
import type { HttpSeen, WireCalls } from '../wire-calls.ts';
import { methodOf, optionsOf, targetOf } from './target.ts';

type Made = (...args: readonly unknown[]) => ClientRequest;

/** What of `node:http` and `node:https` begins a request. */
export interface HttpModule {
  request: Made;
  get: Made;
  /** The class of requests, which `node:http` alone exports. */
  ClientRequest?: unknown;
}

type Found = Omit<HttpSeen, 'send'> & Seen;

const look = (protocol: string, args: readonly unknown[]): Found | undefined => {
  const found = targetOf(protocol, args);
  if (found === undefined) return undefined;
  const method = methodOf(args);
  const kind = lookAt(method, found.place);
  return kind === undefined ? undefined : { method, address: found.address, ...seenThere(method, found.place, kind) };
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

/** The class of requests with a look at what is made by it; all else of it, and what is made, is Node's own. */
const tapClass = (original: object, through: (args: readonly unknown[], make: Made) => ClientRequest): object =>
  new Proxy(original, {
    construct: (target, args: readonly unknown[], made) =>
      through(args, (...given) => Reflect.construct(target as new (...all: readonly unknown[]) => ClientRequest, given, made)),
  });

/** Puts the tap in the place of what a module makes requests by, once. */
export const tapHttp = (module: HttpModule, protocol: 'http:' | 'https:', wire: () => WireCalls | undefined): void => {
  if (tapped.has(module)) return;
  tapped.add(module);
  const { request: original, get, ClientRequest: requests } = module;
  const through = (args: readonly unknown[], make: Made): ClientRequest => {
    const chosen = callsFor(
      guard('wire.look', () => look(protocol, args)),
      wire,
    );
    if (chosen === undefined) return make(...args);
    const { calls, seen } = chosen;
    const kept = calls.keepTrace || seen.doubtful ? args : (guard('wire.trace', () => withoutTraceInList(args)) ?? args);
    return calls.http({ ...seen, send: () => make(...kept) });
  };
  const request = function request(this: unknown, ...args: readonly unknown[]): ClientRequest {
    return through(args, (...sent) => Reflect.apply(original, this, sent));
  };
  // As the original does: a request that is ended at once.
  const getTapped = function get(this: unknown, ...args: readonly unknown[]): ClientRequest {
    const sent = Reflect.apply(request, this, args);
    sent.end();
    return sent;
  };
  replace(module, 'request', alike(original, request));
  replace(module, 'get', alike(get, getTapped));
  if (typeof requests === 'function') replace(module, 'ClientRequest', tapClass(requests, through));
};

/** Gives the function its original's name and number of parameters. */
const alike = (original: Made, value: Made): Made =>
  Object.defineProperties(value, {
    name: { value: original.name, configurable: true },
    length: { value: original.length, configurable: true },
  });

const replace = (module: HttpModule, name: keyof HttpModule, value: unknown): void => {
  Object.defineProperty(module, name, { ...Object.getOwnPropertyDescriptor(module, name), value });
};
