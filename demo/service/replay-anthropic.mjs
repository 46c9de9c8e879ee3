import Anthropic from '@anthropic-ai/sdk';

/** Gives the call for a recorded request of Anthropic or a host that speaks like it. */
export const replayAnthropic = async (entry, base) => {
  // Without a timeout of its own the SDK refuses plain requests for many tokens.
  const client = new Anthropic({ baseURL: base, maxRetries: 0, timeout: 20_000 });
  const api = entry.path.includes('beta=true') ? client.beta : client;
  switch (entry.api) {
    case 'messages':
      return () => api.messages.create(entry.body);
    case 'count_tokens':
      return () => api.messages.countTokens(entry.body);
    case 'models':
      return () => client.models.list();
    default:
      return undefined;
  }
};
