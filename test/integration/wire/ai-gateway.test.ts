import { beforeAll, expect, test } from 'vitest';
import type { ReceivedSpan } from '../../support/otlp-receiver.ts';
import type { Ran } from '../../support/run-node.ts';
import { startAiGateway } from './ai-gateway-server.ts';
import { CLIENTS, printed, runWatched } from './client-run.ts';

const VERSIONS = ['5', '6', '7'];

let ran: Ran;
let spans: readonly ReceivedSpan[];
beforeAll(async () => {
  const gateway = await startAiGateway();
  ({ ran, spans } = await runWatched([`${CLIENTS}/ai-gateway.mjs`, gateway.url], { PURSER_CAPTURE_CONTENT: 'true' }));
  gateway.close();
}, 60_000);

test('the AI SDK gets its answers', () => {
  expect(ran).toMatchObject({ stderr: '', code: 0 });
  expect(printed(ran, 'answer')).toEqual(VERSIONS.flatMap(() => ['hello you', 'hello you', 2, 'GatewayRateLimitError']));
});

test('each of its calls is one span with the model that was asked for, tokens, and the cost that the gateway states', () => {
  expect(
    spans.map(({ name, attributes }) => [
      name,
      attributes['purser.sdk'],
      attributes['purser.outcome'],
      attributes['gen_ai.response.model'],
      attributes['gen_ai.usage.input_tokens'],
      attributes['gen_ai.usage.cache_read.input_tokens'],
      attributes['gen_ai.usage.output_tokens'],
      attributes['gen_ai.usage.cost.amount'],
    ]),
  ).toEqual(
    VERSIONS.flatMap((version) => [
      [`chat vendor/text-${version}`, 'ai', 'completed', 'served-model', 100, 40, 20, 0.00042],
      [`chat vendor/stream-${version}`, 'ai', 'completed', 'served-model', 100, 40, 20, 0.00042],
      [`embeddings vendor/embed-${version}`, 'ai', 'completed', undefined, 7, undefined, undefined, 0.00042],
      [`chat vendor/failed-${version}`, 'ai', 'failed', undefined, undefined, undefined, undefined, undefined],
    ]),
  );
});

test('streams say when their first chunk came, and content is read where its owner wants it', () => {
  const streams = spans.filter(({ name }) => name.includes('/stream-'));
  expect(streams.map(({ attributes }) => Number(attributes['gen_ai.response.time_to_first_chunk']) > 0)).toEqual([true, true, true]);
  for (const { attributes } of spans.filter(({ name }) => /\/(?:text|stream)-/.test(name))) {
    expect(JSON.stringify(attributes['gen_ai.input.messages'])).toContain('hello');
    expect(JSON.stringify(attributes['gen_ai.output.messages'])).toContain('hello you');
  }
});
