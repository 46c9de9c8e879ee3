import { beforeAll, expect, test } from 'vitest';
import type { ReceivedSpan } from '../../support/otlp-receiver.ts';
import type { Ran } from '../../support/run-node.ts';
import { CLIENTS, printed, runWatched } from './client-run.ts';
import { startCohere } from './cohere-server.ts';

let ran: Ran;
let spans: readonly ReceivedSpan[];
beforeAll(async () => {
  const cohere = await startCohere();
  ({ ran, spans } = await runWatched([`${CLIENTS}/cohere.mjs`, String(cohere.port)]));
  cohere.close();
}, 60_000);

test('Cohere’s own client gets its answers', () => {
  expect(ran).toMatchObject({ stderr: '', code: 0 });
  expect(printed(ran, 'answer')).toEqual(['hello you', 'hello you', 2]);
});

test('each of its calls is one span with its operation, model and billed tokens', () => {
  expect(
    spans.map(({ attributes }) => [
      attributes['gen_ai.operation.name'],
      attributes['gen_ai.provider.name'],
      attributes['gen_ai.request.model'],
      attributes['gen_ai.usage.input_tokens'],
      attributes['gen_ai.usage.output_tokens'],
      attributes['purser.sdk'],
    ]),
  ).toEqual([
    ['chat', 'cohere', 'model-chat', 5, 3, 'cohere-ai'],
    ['chat', 'cohere', 'model-stream', 5, 3, 'cohere-ai'],
    ['embeddings', 'cohere', 'model-embed', 2, undefined, 'cohere-ai'],
  ]);
});
