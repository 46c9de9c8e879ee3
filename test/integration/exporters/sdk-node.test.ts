import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
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

describe('an app without an api that the full SDK can use', () => {
  test.each([
    ['none', undefined, 'since @opentelemetry/api 1.10, which it needs, is not installed with the app'],
    ['an older one', 'exports.trace = {};', 'since the app has an @opentelemetry/api that is older than 1.10'],
  ])('with %s is told so, and is seen all the same', async (_, api, why) => {
    const folder = mkdtempSync(join(tmpdir(), 'purser-api-'));
    cpSync('dist', join(folder, 'node_modules/purser/dist'), { recursive: true });
    cpSync('package.json', join(folder, 'node_modules/purser/package.json'));
    if (api !== undefined) {
      mkdirSync(join(folder, 'node_modules/@opentelemetry/api'), { recursive: true });
      writeFileSync(join(folder, 'node_modules/@opentelemetry/api/index.js'), api);
    }
    const env = { PURSER_OTEL_MODE: 'sdk-node', OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url };
    const request = `fetch('http://127.0.0.1:1/v1/chat/completions', { method: 'POST', body: '{"model":"gpt-5.4"}' }).catch(() => console.log('done'))`;
    const ran = await runNode(['--require', 'purser/register', '-e', request], { cwd: folder, env });
    const told = await runNode([join(folder, 'node_modules/purser/dist/cli/main.js'), 'doctor', '--json'], { cwd: folder, env });
    rmSync(folder, { recursive: true });
    const stderr = `purser: the OpenTelemetry SDK could not be started, ${why}; telemetry goes its own way\n`;
    expect(ran).toMatchObject({ code: 0, stdout: 'done\n', stderr });
    expect(receiver.spans).toHaveLength(1);
    const { findings } = JSON.parse(told.stdout) as { findings: readonly object[] };
    expect(findings).toContainEqual(
      expect.objectContaining({ level: 'broken', message: `The full OpenTelemetry SDK that is asked for cannot be started, ${why}.` }),
    );
  });
});
