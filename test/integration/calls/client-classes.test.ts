/** Clients for other hosts are subclasses of an SDK's own client. */
import { expect, test } from 'vitest';
import { runPreloaded } from '../../support/preloaded.ts';

test('the class of a client says who answers, also behind a proxy and where the app has a class of its own below it', async () => {
  const { spans } = await runPreloaded(`
    import { AzureOpenAI, BedrockOpenAI } from 'openai';
    class Ours extends AzureOpenAI {}
    const azure = { apiKey: key, endpoint: base, apiVersion: '2025-01-01' };
    const clients = [openai, new AzureOpenAI(azure), new Ours(azure), new BedrockOpenAI({ apiKey: key, baseURL: base + '/v1' })];
    for (const client of clients) await client.chat.completions.create(chat);`);
  expect(spans.map(({ attributes }) => attributes['gen_ai.provider.name'])).toEqual(['127.0.0.1', 'azure.ai.openai', 'azure.ai.openai', 'aws.bedrock']);
});

test("the client of Anthropic's platform on AWS, which has a host of its own, is charged as Anthropic's", async () => {
  const { spans } = await runPreloaded(`
    class AnthropicAws extends Anthropic {}
    await new AnthropicAws({ apiKey: key, baseURL: base }).messages.create(message);
    const answered = async (_, init) => fetch(base + '/v1/messages', init);
    await new Anthropic({ apiKey: key, baseURL: 'https://aws-external-anthropic.us-east-1.api.aws', fetch: answered }).messages.create(message);`);
  expect(spans.map(({ attributes: a }) => [a['gen_ai.provider.name'], a['purser.cost.matched_model'], a['gen_ai.usage.cost.amount'] !== undefined])).toEqual([
    ['anthropic', 'claude-sonnet-5', true],
    ['anthropic', 'claude-sonnet-5', true],
  ]);
});
