// What the calls ask of a provider, and what they tell it to do.
const messages = [{ role: 'user', content: 'hello' }];
/** What is asked, as it is sent. */
export const bodies = {
  chat: ({ stream, script, via }) => ({
    model: 'gpt-5.4',
    messages,
    max_tokens: 64,
    // Every other stream leaves it to the preload to ask for its usage, which it does in Node's own fetch.
    ...(stream ? { stream, ...(script.in % 2 === 0 || via !== undefined ? { stream_options: { include_usage: true } } : {}) } : {}),
  }),
  responses: ({ stream }) => ({ model: 'gpt-4.1', input: 'hello', max_output_tokens: 64, ...(stream ? { stream } : {}) }),
  messages: ({ stream }) => ({ model: 'claude-sonnet-5', max_tokens: 64, messages, ...(stream ? { stream } : {}) }),
  genai: () => ({ contents: [{ role: 'user', parts: [{ text: 'hello' }] }], generationConfig: { maxOutputTokens: 64 } }),
  embeddings: () => ({ model: 'text-embedding-3-small', input: ['hello', 'again'] }),
  images: ({ stream }) => ({ model: 'gpt-image-1', prompt: 'a ship', ...(stream ? { stream } : {}) }),
  transcription: ({ stream }) => ({ model: 'gpt-4o-transcribe', ...(stream ? { stream } : {}) }),
  speech: () => ({ model: 'tts-1', voice: 'alloy', input: 'hello' }),
  moderation: () => ({ model: 'omni-moderation-latest', input: 'hello' }),
  countMessages: () => ({ model: 'claude-sonnet-5', messages }),
  countContent: () => ({ contents: [{ parts: [{ text: 'hello' }] }] }),
  embedContent: () => ({ content: { parts: [{ text: 'hello' }] } }),
};

/** What the provider is told, and by which its bill names the call. */
export const headersOf = ({ n, script }) => {
  const said = Object.entries({ ...script, id: n }).map(([name, value]) => [`x-local-${name}`, String(value)]);
  return Object.fromEntries(said);
};
