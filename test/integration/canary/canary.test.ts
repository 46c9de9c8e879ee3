import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { leaks, plant } from './plant.ts';

const HOST = 'test/matrix/hosts/sdk3/node_modules';
const missing = !existsSync(HOST) && process.env['PURSER_REQUIRE_ALL'] !== '1';

// What other libraries make is cleaned where the SDK is ours: instrumentation-undici, -http and -pino are really at work, prom-client too.
describe.concurrent(`secrets in every place from which telemetry is known to leak (needs ${HOST})`, () => {
  test.skipIf(missing)('none leaves the process through the full SDK, as protobuf', { timeout: 60_000 }, async () => {
    const planted = await plant({ PURSER_OTEL_MODE: 'sdk-node' });
    expect([planted.code, planted.outputs.get('stderr')?.toString().slice(0, 2000), leaks(planted), planted.tracedRequests]).toEqual([0, '', [], 0]);
    expect([...planted.scopes].toSorted()).toEqual(['@opentelemetry/instrumentation-http', '@opentelemetry/instrumentation-undici', 'app', 'purser']);
    expect(planted.logs).toBeGreaterThanOrEqual(3);
    expect(planted.outputs.get('stdout and the metrics page')?.toString()).toContain('purser_calls_total');
  });

  test.skipIf(missing)('none does as JSON either, with prompts recorded and the SDK’s own tracing in content mode', { timeout: 60_000 }, async () => {
    const planted = await plant({
      PURSER_OTEL_MODE: 'sdk-node',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      PURSER_TELEMETRY_CONTENT: 'both',
      ANTHROPIC_OPEN_TELEMETRY: 'true',
      ANTHROPIC_OPEN_TELEMETRY_TRACES_CONTENT_MODE: 'content',
    });
    expect([planted.code, leaks(planted), planted.tracedRequests]).toEqual([0, [], 0]);
    expect([...planted.scopes]).toEqual(expect.arrayContaining(['purser', 'com.anthropic.sdk.typescript']));
    expect(planted.outputs.get('otlp')?.toString()).toContain('gen_ai.input.messages');
  });

  test.skipIf(missing)('the search finds them where nothing is redacted', { timeout: 60_000 }, async () => {
    const found = leaks(await plant({ PURSER_OTEL_MODE: 'sdk-node', PURSER_REDACTION_MODE: 'off' }));
    const places = [
      'fetch_key in otlp',
      'http_token in otlp',
      'redirect in otlp',
      'user_agent in otlp',
      'exception in otlp',
      'status in otlp',
      'log_body in otlp',
      'tracestate in otlp',
    ];
    expect(found).toEqual(expect.arrayContaining(places));
  });

  test.skipIf(missing)('none leaves by our own exporters', { timeout: 60_000 }, async () => {
    const planted = await plant({ PURSER_TELEMETRY_CONTENT: 'both' });
    expect([planted.code, leaks(planted), planted.tracedRequests]).toEqual([0, [], 0]);
    expect([...planted.scopes]).toEqual(['purser']);
  });
});
