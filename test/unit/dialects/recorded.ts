import { existsSync, readFileSync } from 'node:fs';
import type { Dialect } from '../../../src/call/call.ts';
import { endpointOf } from '../../../src/providers/shared/endpoint.ts';
import { providerOf } from '../../../src/providers/shared/hosts.ts';

/** Comparable counts of a recorded response. */
interface Normalised {
  readonly input_tokens_total: number | null;
  readonly input_tokens_uncached?: number | null;
  readonly cached_input_tokens?: number | null;
  readonly cache_creation_input_tokens?: number | null;
  readonly cache_creation_1h_input_tokens?: number | null;
  readonly output_tokens_total?: number | null;
  readonly reasoning_tokens?: number | null;
}

/** One recorded request and response with the facts read from its raw body. */
export interface Entry {
  readonly id: string;
  readonly vendor: string;
  readonly api: string;
  readonly stream: boolean;
  readonly request: { readonly method: string; readonly host: string | null; readonly path: string; readonly body?: unknown };
  readonly response: {
    readonly status: number;
    readonly headers: Record<string, string>;
    readonly body?: unknown;
    readonly sse_text?: string;
    readonly body_text?: string;
  };
  readonly expected: {
    readonly normalised?: Normalised | null;
    readonly all_iterations?: {
      readonly input_tokens: number;
      readonly output_tokens: number;
      readonly cached_input_tokens: number;
      readonly cache_creation_input_tokens: number;
    };
    readonly response_model: string | null;
    readonly response_id: string | null;
    readonly finish_reasons: readonly (string | number | null)[] | null;
    readonly service_tier: string | null;
    readonly status?: string | null;
    readonly tool_calls?: readonly string[];
    readonly outcome: string;
    readonly error?: { readonly message: string | null; readonly type: string | null; readonly code: unknown };
    readonly stream_complete?: boolean;
    readonly raw_usage?: null | { readonly cost?: number | { readonly total_cost: number }; readonly cost_in_usd_ticks?: number };
  };
}

const FILE = new URL('../../../../shared/data/recordings/recordings.jsonl', import.meta.url);

/** Whether the recordings are on this machine; tests that need them are skipped by name where they are not. */
export const haveRecordings = existsSync(FILE);

/** All recorded entries. */
export const entries: readonly Entry[] = haveRecordings
  ? readFileSync(FILE, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Entry)
  : [];

const VENDOR_HOSTS: Readonly<Record<string, string>> = { xai: 'api.x.ai', anthropic: 'api.anthropic.com', openai: 'api.openai.com' };

/** Gives the dialect and the provider of an entry, or `undefined` where it calls no model. */
export const placeOf = (entry: Entry): { readonly dialect: Dialect; readonly provider: string } | undefined => {
  const host = entry.request.host ?? VENDOR_HOSTS[entry.vendor] ?? `${entry.vendor}.example`;
  const endpoint = endpointOf(entry.request.method, entry.request.path, host);
  if (endpoint === undefined) return undefined;
  const [hostname = '', port] = host.split(':');
  return { dialect: endpoint.dialect, provider: providerOf({ hostname, port, pathname: entry.request.path }, endpoint.dialect) };
};
