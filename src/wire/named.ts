import type { CallOpener } from '../call/adapter.ts';
import type { Dialect } from '../call/call.ts';
import { endpointOf } from '../providers/shared/endpoint.ts';
import { providerOf } from '../providers/shared/hosts.ts';

/** Dialects whose paths are a model's only at the provider whose they are. */
const ONLY_OF: Partial<Readonly<Record<Dialect, string>>> = { 'cohere.chat': 'cohere', 'anthropic.agents': 'anthropic', 'ollama.chat': 'ollama' };

/** A bare path such as `/responses` is a model's where the owner named the host; one such as Cohere's `/v1/chat` where it is named so, by its owner or by its port. */
export const isNamed = ({ hostRules }: CallOpener, method: string, url: URL): boolean => {
  const dialect = endpointOf(method, url.pathname + url.search, url.hostname)?.dialect;
  const only = dialect === undefined ? undefined : ONLY_OF[dialect];
  if (only !== undefined) return providerOf(url, 'openai.other', hostRules) === only;
  return hostRules.some((rule) => providerOf(url, 'openai.other', [rule]) === rule.provider);
};
