import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2';
import { guard } from '../../base/diag.ts';
import { callsFor } from '../calls-for.ts';
import { seenAt, type Seen } from '../place.ts';
import { shadow } from '../shadow.ts';
import { isTraceHeader, withoutTrace } from '../trace-headers.ts';
import type { Http2Headers, Http2Seen, WireCalls } from '../wire-calls.ts';

/** The function of `node:http2` that begins a session. */
export interface Http2Module {
  connect: (...args: readonly unknown[]) => ClientHttp2Session;
}

const textIn = (headers: Http2Headers, name: string): string | undefined => {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
};

type Found = Omit<Http2Seen, 'send'> & Seen;

const look = (origin: string, headers: unknown): Found | undefined => {
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers)) return undefined;
  const record = headers as Http2Headers;
  const address = `${origin}${textIn(record, ':path') ?? '/'}`;
  const method = (textIn(record, ':method') ?? 'GET').toUpperCase();
  const seen = seenAt(method, address);
  return seen === undefined ? undefined : { method, address, ...seen, headers: record };
};

const withoutTraceHeaders = (headers: unknown): unknown => {
  if (Array.isArray(headers)) return withoutTrace(headers as readonly unknown[]);
  const record = headers as Http2Headers;
  if (!Object.keys(record).some(isTraceHeader)) return record;
  // What the app marked as sensitive is a symbol among the members.
  return Object.fromEntries(
    Reflect.ownKeys(record)
      .filter((name) => typeof name === 'symbol' || !isTraceHeader(name))
      .map((name) => [name, Reflect.get(record, name)] as const),
  );
};

const tapSession = (session: ClientHttp2Session, origin: string, wire: () => WireCalls | undefined): void => {
  const { request: original } = session;
  const send = (sent: readonly unknown[]): ClientHttp2Stream => Reflect.apply(original, session, sent) as ClientHttp2Stream;
  shadow(session, {
    request(...args: readonly unknown[]): ClientHttp2Stream {
      const chosen = callsFor(
        guard('wire.look', () => look(origin, args[0])),
        wire,
      );
      if (chosen === undefined) return send(args);
      const { calls, seen } = chosen;
      const kept = calls.keepTrace || seen.doubtful ? args : (guard('wire.trace', () => [withoutTraceHeaders(args[0]), ...args.slice(1)]) ?? args);
      return calls.http2({ ...seen, send: () => send(kept) });
    },
  });
};

const tapped = new WeakSet<object>();

/** Puts the tap in the place of a module's `connect`, once. */
export const tapHttp2 = (module: Http2Module, wire: () => WireCalls | undefined): void => {
  if (tapped.has(module)) return;
  tapped.add(module);
  const { connect: original } = module;
  const connect = function connect(this: unknown, ...args: readonly unknown[]): ClientHttp2Session {
    const session = Reflect.apply(original, this, args);
    const [authority] = args;
    guard('wire.http2', () => tapSession(session, new URL(authority as string).origin, wire));
    return session;
  };
  Object.defineProperty(connect, 'length', { value: original.length, configurable: true });
  Object.defineProperty(module, 'connect', { ...Object.getOwnPropertyDescriptor(module, 'connect'), value: connect });
};
