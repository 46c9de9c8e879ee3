import { beforeAll, expect, test } from 'vitest';
import type { ReceivedSpan } from '../../support/otlp-receiver.ts';
import type { Ran } from '../../support/run-node.ts';
import { CLIENTS, printed, runWatched } from './client-run.ts';
import { startOllama } from './ollama-server.ts';

let ran: Ran;
let spans: readonly ReceivedSpan[];
beforeAll(async () => {
  const ollama = await startOllama();
  ({ ran, spans } = await runWatched([`${CLIENTS}/ollama.mjs`, String(ollama.port)]));
  ollama.close();
}, 60_000);

test('Ollama’s own client gets its answers and its errors', () => {
  expect(ran).toMatchObject({ stderr: '', code: 0 });
  expect(printed(ran, 'answer')).toEqual(['hello you', 'hello you', 'hello you', 2, "ResponseError: model 'model-none' not found", 1]);
});

test('each of its calls is one span with its operation, model and tokens, and looking at the models is none', () => {
  expect(
    spans.map(({ attributes }) => [
      attributes['gen_ai.operation.name'],
      attributes['gen_ai.provider.name'],
      attributes['gen_ai.request.model'],
      attributes['gen_ai.usage.input_tokens'],
      attributes['gen_ai.usage.output_tokens'],
      attributes['gen_ai.response.finish_reasons'],
      attributes['purser.sdk'],
      attributes['error.type'],
    ]),
  ).toEqual([
    ['chat', 'ollama', 'model-chat', 26, 3, ['stop'], 'ollama', undefined],
    ['chat', 'ollama', 'model-stream', 26, 3, ['stop'], 'ollama', undefined],
    ['text_completion', 'ollama', 'model-generate', 26, 3, ['stop'], 'ollama', undefined],
    ['embeddings', 'ollama', 'model-embed', 8, undefined, undefined, 'ollama', undefined],
    ['chat', 'ollama', 'model-none', undefined, undefined, undefined, 'ollama', '404'],
  ]);
});
