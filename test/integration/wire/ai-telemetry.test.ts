import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { startLocalProvider } from '../../support/local-provider/start.ts';
import { runNode } from '../../support/run-node.ts';
import { CLIENTS } from './client-run.ts';

interface Seen {
  readonly name: string;
  readonly id: string;
  readonly parent: string | undefined;
  readonly ours: boolean;
  readonly model: string | undefined;
}

test('the AI SDK with its own telemetry on keeps its spans, and each call has one span of ours below them', async () => {
  const provider = await startLocalProvider();
  const { stdout, stderr, code } = await runNode(['--import', resolve('dist/register.js'), `${CLIENTS}/ai-telemetry.mjs`, provider.url], {
    env: { OTEL_METRICS_EXPORTER: 'none', OTEL_TRACES_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' },
  });
  const { requests } = provider.bill();
  await provider.close();
  expect({ stderr, code, requests }).toEqual({ stderr: '', code: 0, requests: 6 });
  const spans = JSON.parse(stdout) as readonly Seen[];
  const nameOf = (id: string | undefined): string | undefined => spans.find((span) => span.id === id)?.name;
  expect(spans.filter(({ ours }) => ours).map(({ name, parent }) => [name, nameOf(parent)])).toEqual([
    ['chat model-5', 'ai.generateText.doGenerate'],
    ['chat model-5', 'ai.streamText.doStream'],
    ['chat model-6', 'ai.generateText.doGenerate'],
    ['chat model-6', 'ai.streamText.doStream'],
    // Version 7 makes spans only with an integration of its own.
    ['chat model-7', 'request-7'],
    ['chat model-7', 'request-7'],
  ]);
  expect(spans.filter(({ name }) => name === 'POST').map(({ parent }) => spans.find(({ id }) => id === parent)?.ours)).toEqual(
    Array.from({ length: 6 }, () => true),
  );
  expect(spans.filter(({ parent }) => parent !== undefined && nameOf(parent) === undefined)).toEqual([]);
}, 60_000);
