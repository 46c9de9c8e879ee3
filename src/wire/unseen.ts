import { guard } from '../base/diag.ts';
import type { CallOpener, UnreadForm } from '../call/adapter.ts';
import { providerOf } from '../providers/shared/hosts.ts';
import type { UndiciSeen } from './wire-calls.ts';

/** Services of Google's that generate. @source googleapis: google/cloud/aiplatform/v1, google/ai/generativelanguage/v1beta, 2026-11 */
const GRPC = /\/google\.[\w.]+\.(?:PredictionService|GenerativeService)\/\w+$/;

const formOf = (address: string, upgrade: unknown): UnreadForm | undefined => {
  if (typeof upgrade === 'string' && upgrade.toLowerCase() === 'websocket') return 'websocket';
  if (address.endsWith('/invoke-with-bidirectional-stream')) return 'bidirectional';
  return GRPC.test(address) ? 'grpc' : undefined;
};

/**
 * Counts a request to a provider's host that asks models in a form that is not read: a WebSocket (Realtime and Live APIs, Responses over a socket), gRPC
 * (Google's), and Bedrock's streams in both directions. `upgrade` is what the request asks its connection to become.
 */
export const countUnseen = (opener: CallOpener, { kind, address }: Pick<UndiciSeen, 'kind' | 'address'>, upgrade?: unknown): void => {
  if (kind !== 'host') return;
  guard('wire.unseen', () => {
    const form = formOf(address, upgrade);
    if (form !== undefined) opener.unseen(providerOf(new URL(address), 'openai.other', opener.hostRules), form);
  });
};
