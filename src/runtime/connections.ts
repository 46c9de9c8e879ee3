import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Attempt } from '../call/call.ts';
import { guard } from '../base/diag.ts';
import { currentScope } from './scope.ts';

/** What is known of the connection that an exchange went over. */
export type Connection = Pick<Attempt, 'connectionReused' | 'requestBytes'>;

/** @source undici 5 to 8, docs/docs/api/DiagnosticsChannel.md; also what Node's own fetch publishes */
const CREATED = 'undici:request:create';
const SENT = 'undici:client:sendHeaders';

interface Sent {
  readonly request: { readonly contentLength?: unknown };
  readonly socket: object | undefined;
}

const calls = new WeakMap<object, object>();
const sockets = new WeakSet();
const last = new WeakMap<object, Connection>();

const onCreated = (message: unknown): void => {
  const { call } = currentScope();
  if (call !== undefined && !call.ended) calls.set((message as { readonly request: object }).request, call);
};

const onSent = (message: unknown): void => {
  const { request, socket } = message as Sent;
  const call = calls.get(request);
  if (call === undefined || socket === undefined) return;
  const { contentLength } = request;
  const connectionReused = sockets.has(socket);
  sockets.add(socket);
  last.set(call, { connectionReused, ...(typeof contentLength === 'number' ? { requestBytes: contentLength } : {}) });
};

const guarded =
  (listen: (message: unknown) => void) =>
  (message: unknown): void => {
    guard('connections', () => listen(message));
  };
const created = guarded(onCreated);
const sent = guarded(onSent);

/** Looks at the connections over which calls are sent by fetch; a request of anything else costs one look into a table. Gives a function that ends it. */
export const watchConnections = (): (() => void) => {
  subscribe(CREATED, created);
  subscribe(SENT, sent);
  return () => {
    unsubscribe(CREATED, created);
    unsubscribe(SENT, sent);
  };
};

/** What is known of the latest exchange of a call; told once. */
export const takeConnection = (call: object): Connection | undefined => {
  const connection = last.get(call);
  if (connection !== undefined) last.delete(call);
  return connection;
};
