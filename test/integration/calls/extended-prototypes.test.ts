import { resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../support/free-port.ts';
import { startLocalProvider } from '../../support/local-provider/start.ts';
import { OtlpReceiver } from '../../support/otlp-receiver.ts';
import { runNode } from '../../support/run-node.ts';

test('what an app adds to the prototypes of the language is no attribute and no label', async () => {
  const provider = await startLocalProvider();
  const receiver = await OtlpReceiver.start();
  onTestFinished(async () => {
    await provider.close();
    await receiver.close();
  });
  const { code, stderr, stdout } = await runNode(['--import', resolve('dist/register.js'), 'test/integration/calls/extended-prototypes-app.mjs'], {
    env: { BASE: provider.url, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, PURSER_PROMETHEUS_PORT: String(await freePort()) },
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(receiver.spans.map(({ name }) => name)).toEqual(['chat gpt-5.4', 'chat claude-sonnet-5']);
  expect(stdout).toMatch(/^gen_ai_client_inference_duration_seconds_count\{.*gpt-5\.4.*\} 1$/m);
  expect(stdout).not.toContain('extendedHere');
  expect(JSON.stringify([receiver.spans, receiver.points, receiver.logs])).not.toContain('extendedHere');
});
