const { createRequire } = require('node:module');

const load = createRequire(process.argv[1]);
const optional = (name) => {
  try {
    return load(name);
  } catch {
    return undefined;
  }
};
(async () => {
  if (process.env.SETUP) await load(process.env.SETUP);
  await require('./calls.cjs')({ api: optional('@opentelemetry/api'), OpenAI: load('openai'), Anthropic: load('@anthropic-ai/sdk') });
  if (process.env.LINGER) setTimeout(() => undefined, Number(process.env.LINGER));
})();
