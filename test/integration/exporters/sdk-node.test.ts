import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { OtlpReceiver } from '../../support/otlp-receiver.ts';
import { runNode, type Ran } from '../../support/run-node.ts';

let receiver: OtlpReceiver;
beforeEach(async () => {
  receiver = await OtlpReceiver.start();
});
afterEach(() => receiver.close());

const run = (env: Readonly<Record<string, string>>): Promise<Ran> => runNode([join(import.meta.dirname, 'sdk-node.ts')], { env });

const expectWhole = ({ code, stdout, stderr }: Ran): void => {
  expect([code, stdout]).toEqual([0, '']);
  const said = JSON.parse(stderr.slice(stderr.indexOf('{'))) as { headers: string[]; own: number; mode: string };
  expect(said).toMatchObject({ own: 0, mode: 'host' });
  // The provider gets no trace headers, a service of one's own does.
  expect(said.headers[0]).toBe('none');
  expect(said.headers[1]).toMatch(/^00-/);
  expect(receiver.spans.map((span) => span.name).toSorted((a, b) => a.localeCompare(b))).toEqual(['chat gpt-5-mini', 'chat gpt-5-mini', 'GET', 'other']);
  expect(receiver.bytes.includes('hunter2')).toBe(false);
  const [call, request] = ['chat gpt-5-mini', 'GET'].map((name) => receiver.spans.find((span) => span.name === name));
  expect(request?.parentSpanId).toBe(call?.spanId);
};

test('the full SDK carries our spans and cleans those of others, by the standard variables', async () => {
  expectWhole(await run({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_SERVICE_NAME: 'app', OTEL_METRICS_EXPORTER: 'otlp' }));
  expect(receiver.spans[0]?.resource).toMatchObject({ 'service.name': 'app' });
  expect(receiver.logs).toMatchObject([{ eventName: 'gen_ai.client.operation.exception', attributes: { 'exception.message': '[REDACTED] is wrong' } }]);
  expect(receiver.latest('purser.calls').map((point) => point.value)).toEqual([1, 1]);
});

test('the same with a declarative configuration file', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'purser-otel-')), 'otel.yaml');
  writeFileSync(
    file,
    `file_format: "1.1"
resource:
  attributes:
    - name: service.name
      value: declared
tracer_provider:
  processors:
    - batch:
        exporter:
          otlp_http:
            endpoint: ${receiver.url}/v1/traces
propagator:
  composite:
    - tracecontext:
`,
  );
  expectWhole(await run({ OTEL_CONFIG_FILE: file }));
  expect(receiver.spans[0]?.resource).toMatchObject({ 'service.name': 'declared' });
});
