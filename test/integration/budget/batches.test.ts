import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runPreloaded } from '../../support/preloaded.ts';
import { scratchFolder } from '../../support/scratch.ts';

const RESULT = {
  custom_id: 'r',
  result: { type: 'succeeded', message: { type: 'message', model: 'claude-sonnet-5', usage: { input_tokens: 1000, output_tokens: 10 } } },
};

/** A provider whose batches have ended, and which sends their 20 results one after the other, 0.00105 dollars each. */
const SERVER = `
  import { createServer } from 'node:http';
  const server = createServer(async (request, response) => {
    const results = 'http://127.0.0.1:' + server.address().port + '/v1/messages/batches/' + request.url.split('/').at(-1) + '/results';
    const batch = { id: 'b', type: 'message_batch', processing_status: 'ended', results_url: results };
    if (!request.url.endsWith('/results')) return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(batch));
    response.writeHead(200, { 'content-type': 'application/x-jsonl' });
    for (let at = 0; at < 20; at++) {
      response.write(${JSON.stringify(`${JSON.stringify(RESULT)}\n`)});
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    response.end();
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const client = new Anthropic({ apiKey: key, baseURL: 'http://127.0.0.1:' + server.address().port });
  const said = (work) => work().then(print, ({ cause }) => print([cause?.code, cause?.details?.spent]));
  const count = async (id) => { let results = 0; for await (const _ of await client.messages.batches.results(id)) results++; return results; };
`;

test('what a batch used is charged when its results are fetched; neither that nor asking after it is refused, making another one is', async () => {
  const config = join(scratchFolder(), 'purser.config.json');
  const budget = { id: 'tiny', limit: 0.001, window: 'day', mode: 'enforce' };
  writeFileSync(config, JSON.stringify({ budgets: [budget], providers: { hosts: { '127.0.0.1/v1/messages': 'anthropic' } } }));
  const { printed, spans } = await runPreloaded(
    `${SERVER}
    await said(() => count('b1'));
    await said(() => count('b1'));
    await said(() => client.messages.batches.create({ requests: [{ custom_id: 'a', params: message }] }));
    await said(() => client.messages.create(message));
    await said(() => client.messages.countTokens({ model: message.model, messages: message.messages }).then(() => 'counted'));
    await said(() => client.messages.batches.cancel('b1').then(({ id }) => id));
    server.close();
    server.closeAllConnections();`,
    { PURSER_CONFIG: config },
  );
  expect(printed).toEqual([20, 20, ['budget_exhausted', 0.021], ['budget_exhausted', 0.021], 'counted', 'b']);
  expect(spans.map(({ attributes }) => attributes['gen_ai.usage.cost.amount']).filter((cost) => cost !== undefined)).toEqual([0.021]);
});
