import { guard } from '../base/diag.ts';
import type { CallOpener } from '../call/adapter.ts';
import { providerOf } from '../providers/shared/hosts.ts';
import type { UndiciSeen } from './wire-calls.ts';

/** Counts a request to a provider's host that asks for a WebSocket: Realtime and Live APIs, Responses over a socket. `upgrade` is what it asks for. */
export const countSocket = (opener: CallOpener, { kind, address }: Pick<UndiciSeen, 'kind' | 'address'>, upgrade: unknown): void => {
  if (kind !== 'host' || String(upgrade).toLowerCase() !== 'websocket') return;
  guard('wire.socket', () => opener.unseen(providerOf(new URL(address), 'openai.other', opener.hostRules)));
};
