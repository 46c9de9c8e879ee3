if (process.env.SETUP) await import(process.env.SETUP);
const [{ default: OpenAI }, { default: Anthropic }, { default: calls }] = await Promise.all([import('openai'), import('@anthropic-ai/sdk'), import('../calls.cjs')]);
const api = await import('@opentelemetry/api').catch(() => undefined);
await calls({ api, OpenAI, Anthropic });
