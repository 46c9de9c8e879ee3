/** What one event or answer says was used: all input, all output. */
export const usageIn = (api, said) => {
  if (api === 'genai') {
    const u = said.usageMetadata;
    return u && { input: u.promptTokenCount, output: (u.candidatesTokenCount ?? 0) + (u.thoughtsTokenCount ?? 0) };
  }
  const u = said.usage ?? said.response?.usage ?? said.message?.usage;
  // A stored answer says what the call used that made it.
  if (!u || api === 'stored') return undefined;
  if (api === 'embeddings') return { input: u.prompt_tokens };
  if (api === 'chat') return { input: u.prompt_tokens, output: u.completion_tokens };
  if (api === 'messages') return { output: u.output_tokens };
  return { input: u.input_tokens, output: u.output_tokens };
};
