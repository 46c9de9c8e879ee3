import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runPreloaded, type SpanLine } from '../../support/preloaded.ts';
import { scratchFolder } from '../../support/scratch.ts';

const HOSTS = { PURSER_PROVIDERS_HOSTS: '127.0.0.1/v1/messages=anthropic,127.0.0.1/v1beta/=gcp.gemini,127.0.0.1/v1/=openai' };

/** A provider whose batches have ended, in the app's own process: by path, the type and the text of what it answers. */
const served = (answers: Readonly<Record<string, readonly [type: string, text: string]>>): string => `
  import { createServer } from 'node:http';
  const answers = ${JSON.stringify(answers)};
  const server = createServer((request, response) => {
    const [type, text] = answers[request.url.split('?')[0]] ?? ['application/json', '{}'];
    response.writeHead(200, { 'content-type': type }).end(text.replaceAll('BASE', 'http://127.0.0.1:' + server.address().port));
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const own = 'http://127.0.0.1:' + server.address().port;
  const close = () => (server.close(), server.closeAllConnections());
`;

const jsonLines = (...lines: readonly unknown[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join('');

/** What a span says of usage; the tests reckon the price from dollars a million tokens, of which a batch costs half. */
const figures = ({ attributes: a }: SpanLine): readonly unknown[] => [
  a['gen_ai.operation.name'],
  a['gen_ai.usage.input_tokens'],
  a['gen_ai.usage.output_tokens'],
  a['gen_ai.usage.cost.amount'],
];

const completion = (input: number, output: number) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  model: 'gpt-5.4',
  choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: input, completion_tokens: output, total_tokens: input + output },
});

test('a batch of OpenAI counts once, with the file of its results; other files are no calls', async () => {
  const batch = {
    id: 'batch_1',
    object: 'batch',
    status: 'completed',
    output_file_id: 'file-out',
    model: 'gpt-5.4',
    usage: { input_tokens: 3000, output_tokens: 30 },
  };
  const file = jsonLines(
    { custom_id: 'a', response: { status_code: 200, body: completion(1000, 10) }, error: null },
    { custom_id: 'b', response: { status_code: 200, body: completion(2000, 20) }, error: null },
    { custom_id: 'c', response: { status_code: 400, body: { error: { message: 'no' } } }, error: null },
  );
  const { spans, printed } = await runPreloaded(
    `
    ${served({ '/v1/batches/batch_1': ['application/json', JSON.stringify(batch)], '/v1/files/file-out/content': ['application/octet-stream', file] })}
    const client = new OpenAI({ apiKey: key, baseURL: own + '/v1' });
    await client.files.content('file-out');
    const { output_file_id } = await client.batches.retrieve('batch_1');
    for (let at = 0; at < 2; at++) print((await (await client.files.content(output_file_id)).text()).split('\\n').length);
    await (await client.files.content('file-other')).text();
    close();`,
    HOSTS,
  );
  expect(printed).toEqual([4, 4]);
  expect(spans.map(figures)).toEqual([
    ['batch', undefined, undefined, undefined],
    ['batch', 3000, 30, (3000 * 2.5 + 30 * 15) / 2 / 1e6],
    ['batch', undefined, undefined, undefined],
  ]);
});

test('a batch of Anthropic counts once, when its results were read to their end', async () => {
  const result = (input: number, output: number) => ({
    custom_id: `r${input}`,
    result: {
      type: 'succeeded',
      message: {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: 'claude-sonnet-5',
        content: [{ type: 'text', text: 'hi' }],
        stop_reason: 'end_turn',
        usage: { input_tokens: input, output_tokens: output, service_tier: 'batch' },
      },
    },
  });
  const file = jsonLines(result(1000, 10), { custom_id: 'x', result: { type: 'expired' } }, result(2000, 20));
  const batch = { id: 'msgbatch_1', type: 'message_batch', processing_status: 'ended', results_url: 'BASE/v1/messages/batches/msgbatch_1/results' };
  const { spans, printed } = await runPreloaded(
    `
    ${served({ '/v1/messages/batches/msgbatch_1': ['application/json', JSON.stringify(batch)], '/v1/messages/batches/msgbatch_1/results': ['application/x-jsonl', file] })}
    const client = new Anthropic({ apiKey: key, baseURL: own });
    for await (const one of await client.messages.batches.results('msgbatch_1')) { print(one.custom_id); break; }
    for (let at = 0; at < 2; at++) for await (const one of await client.messages.batches.results('msgbatch_1')) print(one.custom_id);
    close();`,
    HOSTS,
  );
  expect(printed).toEqual(['r1000', 'r1000', 'x', 'r2000', 'r1000', 'x', 'r2000']);
  expect(spans.filter(({ attributes }) => attributes['gen_ai.usage.input_tokens'] !== undefined).map(figures)).toEqual([
    ['batch', 3000, 30, (3000 * 2 + 30 * 10) / 2 / 1e6],
  ]);
});

test('a batch of Gemini counts once, with the results that it carries or the file that it names', async () => {
  const answer = (input: number, output: number) => ({
    candidates: [{ content: { parts: [{ text: 'hi' }], role: 'model' }, finishReason: 'STOP' }],
    usageMetadata: { promptTokenCount: input, candidatesTokenCount: output, totalTokenCount: input + output },
    modelVersion: 'gemini-2.5-flash',
  });
  const about = { model: 'models/gemini-2.5-flash', state: 'BATCH_STATE_SUCCEEDED' };
  const inlined = [{ response: answer(1000, 10) }, { error: { code: 400, message: 'no' } }, { response: answer(2000, 20) }];
  const carried = { name: 'batches/b1', done: true, metadata: { ...about, output: { inlinedResponses: { inlinedResponses: inlined } } } };
  const named = { name: 'batches/b2', done: true, metadata: { ...about, output: { responsesFile: 'files/out' } } };
  const path = join(scratchFolder(), 'results.jsonl');
  const file = jsonLines({ key: 'a', response: answer(500, 5) });
  const { spans, stderr } = await runPreloaded(
    `
    ${served({
      '/v1beta/batches/b1': ['application/json', JSON.stringify(carried)],
      '/v1beta/batches/b2': ['application/json', JSON.stringify(named)],
      '/v1beta/files/out:download': ['application/octet-stream', file],
    })}
    const client = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: own, apiVersion: 'v1beta' } });
    for (let at = 0; at < 2; at++) await client.batches.get({ name: 'batches/b1' });
    const { dest } = await client.batches.get({ name: 'batches/b2' });
    await client.files.download({ file: dest.fileName, downloadPath: ${JSON.stringify(path)} });
    close();`,
    HOSTS,
  );
  expect(stderr).toBe('');
  expect(readFileSync(path, 'utf8')).toBe(file);
  expect(spans.map(figures)).toEqual([
    ['batch', 3000, 30, (3000 * 0.3 + 30 * 2.5) / 2 / 1e6],
    ['batch', undefined, undefined, undefined],
    ['batch', undefined, undefined, undefined],
    ['batch', 500, 5, (500 * 0.3 + 5 * 2.5) / 2 / 1e6],
  ]);
});

test('results that do not name their model are those of the model that their batch names', async () => {
  const pictures = jsonLines({
    custom_id: 'a',
    response: { status_code: 200, body: { created: 1, data: [{ b64_json: 'AAAA' }], usage: { input_tokens: 100, output_tokens: 1000, total_tokens: 1100 } } },
  });
  const batch = { id: 'batch_2', object: 'batch', status: 'completed', output_file_id: 'file-pictures', model: 'gpt-image-1' };
  const about = { model: 'models/gemini-embedding-001', state: 'BATCH_STATE_SUCCEEDED', output: { responsesFile: 'files/vectors' } };
  const vectors = jsonLines({ key: 'a', response: { embedding: { values: [0.1] }, tokenCount: '1000' } });
  const path = join(scratchFolder(), 'vectors.jsonl');
  const { spans } = await runPreloaded(
    `
    ${served({
      '/v1/batches/batch_2': ['application/json', JSON.stringify(batch)],
      '/v1/files/file-pictures/content': ['application/octet-stream', pictures],
      '/v1beta/batches/b3': ['application/json', JSON.stringify({ name: 'batches/b3', done: true, metadata: about })],
      '/v1beta/files/vectors:download': ['application/octet-stream', vectors],
    })}
    const client = new OpenAI({ apiKey: key, baseURL: own + '/v1' });
    await client.batches.retrieve('batch_2');
    await (await client.files.content('file-pictures')).text();
    const google = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: own, apiVersion: 'v1beta' } });
    await google.batches.get({ name: 'batches/b3' });
    await google.files.download({ file: 'files/vectors', downloadPath: ${JSON.stringify(path)} });
    close();`,
    HOSTS,
  );
  expect(spans.map(({ attributes: a }) => [a['gen_ai.usage.input_tokens'], a['gen_ai.usage.output_tokens'], a['purser.cost.matched_model']])).toEqual([
    [undefined, undefined, undefined],
    [100, 1000, 'gpt-image-1'],
    [undefined, undefined, undefined],
    [1000, 0, 'gemini-embedding-001'],
  ]);
});
