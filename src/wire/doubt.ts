import type { WireDeps, WireRequest } from './begin-on-wire.ts';
import { sourceOf } from './client-name.ts';
import { isNamed } from './named.ts';
import type { Addressed } from './wire-calls.ts';

/** How many addresses are remembered at which models were asked. */
const MOST_ASKED = 1000;

/** Headers that nobody sends but a provider's client. */
const TELLING = ['x-stainless-lang', 'anthropic-version', 'x-goog-api-key', 'openai-organization', 'openai-project', 'openai-beta'];

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

const namesModel = (body: unknown): boolean => {
  if (!isRecord(body)) return false;
  const { model, agent, input_file_id: file, requests } = body;
  if (typeof model === 'string' || typeof agent === 'string' || typeof file === 'string') return true;
  const first: unknown = Array.isArray(requests) ? requests[0] : undefined;
  return isRecord(first) && isRecord(first['params']);
};

/** Whether nobody but the request itself says that it goes to a model: its path is one that other services have, and its owner named nobody there. */
export const isDoubtful = ({ opener }: WireDeps, { method, address, doubtful }: Addressed): boolean => doubtful && !isNamed(opener, method, new URL(address));

/** Whether headers that carry a trace stay on a request, as its sender wrote it. */
export const keepsTrace = (deps: WireDeps, seen: Addressed): boolean => deps.keepTrace || isDoubtful(deps, seen);

/**
 * Whether a request at such a path asks a model: it names one, or its client says what it is. A body that could not be read is taken to name one.
 * What has no body, such as a look at a batch, goes to where a model was asked before.
 */
export const asksModel = ({ asked }: WireDeps, { method, url, value, header }: WireRequest): boolean => {
  if (TELLING.some((name) => header(name) !== undefined) || sourceOf(header, url.hostname).name !== 'wire') return true;
  if (method === 'GET' || url.pathname.endsWith('/cancel')) return asked.has(url.origin);
  return value === undefined || namesModel(value);
};

/** Remembers that a model is asked at an address. */
export const remember = ({ asked }: WireDeps, { origin }: URL): void => {
  if (asked.size >= MOST_ASKED) asked.clear();
  asked.add(origin);
};
