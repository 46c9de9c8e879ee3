import { subscribe } from 'node:diagnostics_channel';
import { guard } from '../../base/diag.ts';
import { callsFor } from '../calls-for.ts';
import { seenAt } from '../place.ts';
import type { UndiciRequest, WireCalls } from '../wire-calls.ts';

const looked = new WeakSet<object>();

const look = (request: UndiciRequest, wire: () => WireCalls | undefined, inCall: () => boolean): void => {
  const { origin, path, method } = request;
  // Of a request inside a call that is seen only the trace is taken off; the runtime's guard does so where headers are a list.
  if (typeof request.headers !== 'string' && inCall()) return;
  const address = path.startsWith('/') ? `${String(origin)}${path}` : path;
  const seen = seenAt(method.toUpperCase(), address);
  if (seen === undefined || looked.has(request)) return;
  looked.add(request);
  const found = { request, method: method.toUpperCase(), address, ...seen };
  const chosen = callsFor(found, wire);
  chosen?.calls.undici(chosen.seen);
};

/**
 * Looks at every request of every copy of undici in the process, the one inside Node, packages and bundles alike, whatever dispatcher sends it.
 * @source undici 5 to 8, docs/docs/api/DiagnosticsChannel.md: `undici:request:create` is published before a request is queued
 */
export const tapUndici = (wire: () => WireCalls | undefined, inCall: () => boolean = () => false): void => {
  subscribe('undici:request:create', (message) => {
    guard('wire.undici', () => look((message as { readonly request: UndiciRequest }).request, wire, inCall));
  });
};
