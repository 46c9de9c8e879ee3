import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { guard } from '../base/diag.ts';
import { createMark } from '../base/mark.ts';
import { currentScope, type Scope } from './scope.ts';

/** @source undici 5 to 8, docs/docs/api/DiagnosticsChannel.md; also what Node's own fetch publishes */
const CREATED = 'undici:request:create';
const SENT = 'undici:client:sendHeaders';

interface Sent {
  readonly request: { readonly contentLength?: unknown };
  readonly socket: object | undefined;
}

const scopes = createMark<Scope>();
const sockets = new WeakSet();

const onCreated = (message: unknown): void => {
  const scope = currentScope();
  if (scope.call?.sentOver !== undefined && !scope.call.ended) scopes.put((message as { readonly request: object }).request, scope);
};

const onSent = (message: unknown): void => {
  const { request, socket } = message as Sent;
  const call = scopes.of(request)?.call;
  if (call === undefined || socket === undefined) return;
  const { contentLength } = request;
  const connectionReused = sockets.has(socket);
  if (!connectionReused) sockets.add(socket);
  call.sentOver?.(typeof contentLength === 'number' ? { connectionReused, requestBytes: contentLength } : { connectionReused });
};

const guarded =
  (listen: (message: unknown) => void) =>
  (message: unknown): void => {
    guard('connections', () => listen(message));
  };
const created = guarded(onCreated);
const sent = guarded(onSent);

/** Looks at the connections over which calls are sent by fetch; a request of anything else costs one look at it. Gives a function that ends it. */
export const watchConnections = (): (() => void) => {
  subscribe(CREATED, created);
  subscribe(SENT, sent);
  return () => {
    unsubscribe(CREATED, created);
    unsubscribe(SENT, sent);
  };
};
