import { beforeAll, expect, test } from 'vitest';
import type { ReceivedSpan } from '../../support/otlp-receiver.ts';
import type { Ran } from '../../support/run-node.ts';
import { startBedrock } from './bedrock-server.ts';
import { CLIENTS, printed, runWatched } from './client-run.ts';

let ran: Ran;
let spans: readonly ReceivedSpan[];
beforeAll(async () => {
  const bedrock = await startBedrock();
  ({ ran, spans } = await runWatched([`${CLIENTS}/bedrock.mjs`, bedrock.http1, bedrock.http2]));
  bedrock.close();
}, 180_000);

test('the AWS SDK gets its answers over HTTP/2 and HTTP/1.1, whole and as binary event streams', () => {
  expect(ran).toMatchObject({ stderr: '', code: 0 });
  expect(printed(ran, 'answer')).toEqual([8, 'hello', 8, 'hello']);
});

test('each of them is one span with its model and tokens', () => {
  expect(
    spans.map(({ attributes }) => [
      attributes['gen_ai.request.model'],
      attributes['gen_ai.usage.input_tokens'],
      attributes['gen_ai.usage.output_tokens'],
      attributes['purser.outcome'],
    ]),
  ).toEqual([
    ['model-http2-converse', 21, 8, 'completed'],
    ['model-http2-stream', 21, 8, 'completed'],
    ['model-http1-converse', 21, 8, 'completed'],
    ['model-http1-stream', 21, 8, 'completed'],
  ]);
});
