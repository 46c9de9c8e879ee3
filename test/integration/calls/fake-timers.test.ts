import { resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { OtlpReceiver } from '../../support/otlp-receiver.ts';
import { runNode } from '../../support/run-node.ts';

const VITEST = resolve('node_modules/vitest/vitest.mjs');

test("fake timers of an app's tests do not reach Purser, and its timers are not among theirs", async () => {
  const receiver = await OtlpReceiver.start();
  onTestFinished(() => receiver.close());
  const startMs = Date.now();
  const { code, stdout } = await runNode([VITEST, 'run', '--root', resolve('test/integration/calls/fake-timers'), '--pool', 'forks'], {
    env: {
      NODE_OPTIONS: `--require ${resolve('dist/register.cjs')}`,
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_METRIC_EXPORT_INTERVAL: '1000',
    },
    timeoutMs: 60_000,
  });
  expect({ code, stdout }).toMatchObject({ code: 0 });
  expect(receiver.spans.map(({ name, attributes }) => [name, attributes['gen_ai.usage.output_tokens']])).toEqual([
    ['chat gpt-5.4', 5],
    ['chat gpt-5.4', 5],
    ['chat gpt-5.4', 5],
  ]);
  // Their clock began with the epoch.
  for (const { startMs: began } of receiver.spans) expect(began).toBeGreaterThanOrEqual(startMs);
}, 70_000);
