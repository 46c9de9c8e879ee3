// An app in which Purser starts the full SDK: a call of ours, a span of another library with a secret in it, and a plain request.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import * as api from '@opentelemetry/api';
import type * as SdkNode from '@opentelemetry/sdk-node';
import type * as Undici from '@opentelemetry/instrumentation-undici';
import { startSdkNode } from '../../../src/exporters/sdk-node/start-sdk-node.ts';
import { redactingLogProcessor } from '../../../src/redaction/log-processor.ts';
import { redactingSpanProcessor } from '../../../src/redaction/span-processor.ts';
import { chatCall, completed, failed, maskingRedactor, memoryTelemetry } from '../../unit/telemetry/samples.ts';

const load = createRequire(import.meta.url);
const redactor = maskingRedactor('hunter2');
const provider = createServer((request, response) => response.end(String(request.headers['traceparent'] ?? 'none')));
await new Promise<void>((resolve) => void provider.listen(0, '127.0.0.1', resolve));
const stranger = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
const friend = stranger.replace('127.0.0.1', 'localhost');

const sdk = startSdkNode({
  api,
  loadSdk: () => load('@opentelemetry/sdk-node') as typeof SdkNode,
  loadUndici: () => load('@opentelemetry/instrumentation-undici') as typeof Undici,
  ignoreOrigin: (origin) => origin === stranger,
  redactSpans: redactingSpanProcessor(redactor),
  redactLogs: redactingLogProcessor(redactor),
});
const { telemetry, exporter } = memoryTelemetry();
const span = telemetry.start(chatCall());
const headers = await api.context.with(span.context, async () => [await (await fetch(stranger)).text(), await (await fetch(`${friend}/?word=hunter2`)).text()]);
span.end(completed(), {});
telemetry.start(chatCall()).end(failed('hunter2 is wrong'), {});
api.trace
  .getTracer('other')
  .startSpan('other', { attributes: { word: 'hunter2' } })
  .end();
await sdk?.flush(5000);
await sdk?.shutdown(5000);
provider.close();
provider.closeAllConnections();
process.stderr.write(JSON.stringify({ headers, own: exporter.spans.length, mode: telemetry.health().mode }));
