/** What every app of the matrix does: four calls inside one span of the app's own, the last of which fails with its key in the error. */
module.exports = async ({ api, OpenAI, Anthropic }) => {
  const base = process.env.BASE;
  const apiKey = process.env.LEAK_KEY;
  const openai = new OpenAI({ apiKey, baseURL: `${base}/v1`, maxRetries: 0 });
  const anthropic = new Anthropic({ apiKey, baseURL: base, maxRetries: 0 });
  const messages = [{ role: 'user', content: 'hello' }];
  const chat = { model: 'gpt-5.4', messages };
  const work = async () => {
    await openai.chat.completions.create(chat);
    for await (const _ of await openai.chat.completions.create({ ...chat, stream: true }));
    await anthropic.messages.create({ model: 'claude-sonnet-5', max_tokens: 16, messages });
    const failing = openai.chat.completions.create(chat, { headers: { 'x-local-status': '400', 'x-local-echo': '1' } });
    await failing.then(
      () => process.exit(9),
      () => undefined,
    );
  };
  if (api === undefined) await work();
  else {
    await api.trace.getTracer('app').startActiveSpan('request', async (span) => {
      try {
        await work();
      } finally {
        span.end();
      }
    });
  }
  console.log('done');
};
