import { list, obj } from '../providers/shared/json.ts';
import type { WireDeps, WireRequest } from './begin-on-wire.ts';
import { sourceOf } from './client-name.ts';

/** How many addresses are remembered at which models were asked. */
const MOST_ASKED = 1000;

/** Headers that nobody sends but a provider's client. */
const TELLING = ['x-stainless-lang', 'anthropic-version', 'x-goog-api-key', 'openai-organization', 'openai-project', 'openai-beta'];

const namesModel = (body: unknown): boolean => {
  const { model, agent, input_file_id: file, requests } = obj(body) ?? {};
  if (typeof model === 'string' || typeof agent === 'string' || typeof file === 'string') return true;
  return obj(obj(list(requests)[0])?.['params']) !== undefined;
};

/**
 * Whether a request whose path other services have as well asks a model: it names one, or its client says what it is. A body that could not be read is taken to name one.
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
