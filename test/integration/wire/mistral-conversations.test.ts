import { beforeAll, expect, test } from 'vitest';
import type { ReceivedSpan } from '../../support/otlp-receiver.ts';
import type { Ran } from '../../support/run-node.ts';
import { CLIENTS, printed, runWatched } from './client-run.ts';
import { startConversations } from './mistral-conversations-server.ts';

let ran: Ran;
let spans: readonly ReceivedSpan[];
beforeAll(async () => {
  const mistral = await startConversations();
  ({ ran, spans } = await runWatched([`${CLIENTS}/mistral-conversations.mjs`, String(mistral.port)]));
  mistral.close();
}, 60_000);

test('Mistral’s own client gets its answers', () => {
  expect(ran).toMatchObject({ stderr: '', code: 0 });
  expect(printed(ran, 'answer')).toEqual(['hello you', 'hello you', 'hello you', 0]);
});

test('each turn of a conversation is one span with its model and tokens, and a look at the conversations is none', () => {
  expect(
    spans.map(({ attributes }) => [
      attributes['gen_ai.operation.name'],
      attributes['gen_ai.provider.name'],
      attributes['gen_ai.request.model'],
      attributes['gen_ai.response.model'],
      attributes['gen_ai.conversation.id'],
      attributes['gen_ai.usage.input_tokens'],
      attributes['gen_ai.usage.output_tokens'],
      attributes['purser.sdk'],
    ]),
  ).toEqual([
    ['chat', 'mistral_ai', 'model-start', 'mistral-medium-2508', 'conv_1', 10, 5, '@mistralai/mistralai'],
    ['chat', 'mistral_ai', 'model-stream', 'mistral-medium-2508', 'conv_1', 10, 5, '@mistralai/mistralai'],
    ['chat', 'mistral_ai', undefined, 'mistral-medium-2508', 'conv_1', 10, 5, '@mistralai/mistralai'],
  ]);
});
