// node ai-gateway.mjs BASE_URL: models by the AI SDK's own provider, as it is asked where a model is given by its name alone, in the lines 5 to 7.
const [base] = process.argv.slice(2);
globalThis.AI_SDK_LOG_WARNINGS = false;

for (const [version, suffix, path] of [['5', '-5', 'v1'], ['6', '-6', 'v3'], ['7', '', 'v4']]) {
  const ai = await import(`ai${suffix}`);
  const gateway = ai.createGateway({ apiKey: 'vck_local-test-key', baseURL: `${base}/${path}/ai` });
  const calls = {
    text: async (model) => (await ai.generateText({ model: gateway(model), system: 'be kind', prompt: 'hello' })).text,
    stream: async (model) => {
      let text = '';
      for await (const piece of ai.streamText({ model: gateway(model), prompt: 'hello' }).textStream) text += piece;
      return text;
    },
    embed: async (model) => (await ai.embed({ model: gateway.textEmbeddingModel(model), value: 'hello' })).embedding.length,
    failed: async (model) => {
      try {
        return (await ai.generateText({ model: gateway(model), prompt: 'fail', maxRetries: 0 })).text;
      } catch (error) {
        return error.name;
      }
    },
  };
  for (const [name, call] of Object.entries(calls))
    process.stdout.write(`${JSON.stringify({ answer: await call(`vendor/${name}-${version}`).catch((error) => `${error.name}: ${error.message}`) })}\n`);
}
