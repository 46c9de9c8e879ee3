import { expect, test } from 'vitest';
import { createExports } from '../../../src/runtime/exports.ts';
import { OtlpReceiver } from '../../support/otlp-receiver.ts';
import { loadEnv } from '../config/memory-files.ts';
import { chatCall, completed, maskingRedactor, memoryTelemetry } from '../telemetry/samples.ts';

test.each([
  ['OTEL_SERVICE_NAME', { OTEL_SERVICE_NAME: 'checkout', OTEL_RESOURCE_ATTRIBUTES: 'service.name=node,service.version=2' }],
  ['PURSER_SERVICE', { PURSER_SERVICE: 'checkout', OTEL_RESOURCE_ATTRIBUTES: 'service.name=node,service.version=2' }],
  ['OTEL_RESOURCE_ATTRIBUTES alone', { OTEL_RESOURCE_ATTRIBUTES: 'service.name=checkout,service.version=2' }],
])('the resource names the service as its calls do, by %s', async (_, env) => {
  const receiver = await OtlpReceiver.start();
  try {
    const { config } = loadEnv({ ...env, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
    const { telemetry } = memoryTelemetry({ exporter: createExports(config, maskingRedactor('hunter2'), (work) => work()) });
    telemetry.start(chatCall()).end(completed(), {});
    await telemetry.shutdown(5000);
    expect(config.labels.service).toBe('checkout');
    expect(receiver.spans[0]?.resource).toMatchObject({ 'service.name': 'checkout', 'service.version': '2' });
  } finally {
    await receiver.close();
  }
});
