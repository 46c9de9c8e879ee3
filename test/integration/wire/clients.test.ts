import { beforeAll, expect, test } from 'vitest';
import type { BillLine } from '../../support/local-provider/bill.ts';
import type { ReceivedSpan } from '../../support/otlp-receiver.ts';
import { CLIENTS, runClients, type ClientRun } from './client-run.ts';

let run: ClientRun;
beforeAll(async () => {
  run = await runClients(`${CLIENTS}/app.mjs`);
}, 180_000);

const countIn = (span: ReceivedSpan, name: string): number => Number(span.attributes[name] ?? 0);
const tokensOf = (span: ReceivedSpan): string => `${countIn(span, 'gen_ai.usage.input_tokens')}/${countIn(span, 'gen_ai.usage.output_tokens')}`;
const billedTokens = ({ tokens }: BillLine): string => `${tokens.input}/${tokens.output}`;
const bySum = (values: readonly string[]): readonly string[] => values.toSorted((a, b) => a.localeCompare(b));

test('every call of every client is answered as it would be without Purser', () => {
  expect(run.stderr).toBe('');
  expect(run.code).toBe(0);
  expect(run.lines.filter(({ error }) => error !== undefined)).toEqual([]);
  expect(run.lines.at(-1)).toEqual({ unhandled: 0 });
  expect(run.lines.length).toBeGreaterThan(80);
});

test('every call is one span with the tokens that the provider billed', () => {
  const found: Record<string, unknown> = {};
  const wanted: Record<string, unknown> = {};
  for (const { name } of run.lines.slice(0, -1)) {
    const model = `model-${name}`;
    found[name] = bySum(run.spans.filter(({ attributes }) => attributes['gen_ai.request.model'] === model).map(tokensOf));
    wanted[name] = bySum(run.billed.filter(({ requestModel, end }) => requestModel === model && end !== 'failed').map(billedTokens));
  }
  expect(found).toEqual(wanted);
  const calls = run.billed.filter(({ end }) => end !== 'failed').length;
  expect(run.spans).toHaveLength(calls);
});

test('attempts that a client repeats by itself are one call with two attempts', () => {
  const [span] = run.spans.filter(({ attributes }) => attributes['gen_ai.request.model'] === 'model-groq-retried');
  expect(span?.attributes['purser.attempts']).toBe(2);
});

test('clients are named by what they say of themselves', () => {
  const names = (model: string): unknown =>
    run.spans.find(({ attributes }) => attributes['gen_ai.request.model'] === `model-${model}`)?.attributes['purser.sdk'];
  expect(['ai5-openai-text', 'ai7-google-text', 'groq', 'mistral', 'langchain-openai', 'fetch'].map(names)).toEqual([
    'ai',
    'ai',
    'groq-sdk',
    '@mistralai/mistralai',
    'openai',
    'wire',
  ]);
});
