import { expect, test } from 'vitest';
import { Books } from '../../../demo/books/books.ts';
import type { CallRow } from '../../../demo/books/call-row.ts';
import { reconcile } from '../../../demo/books/reconcile.ts';
import { reconcileRecordings } from '../../../demo/books/reconcile-recordings.ts';
import type { BillLine, BillSummary } from '../../support/local-provider/bill.ts';
import type { RecordedEntry } from '../../support/replay/entry.ts';

const LINE: BillLine = {
  number: 1,
  id: undefined,
  vendor: 'openai',
  api: 'chat.completions',
  method: 'POST',
  path: '/v1/chat/completions',
  requestModel: 'm',
  model: 'm-1',
  responseId: 'r1',
  tokens: { input: 10, cached: 4, written5m: 0, written1h: 0, output: 6, reasoning: 2 },
  status: 200,
  stream: false,
  attempt: 1,
  arrivedMs: 0,
  sentMs: 1,
  end: 'answered',
  events: 0,
  keyTail: undefined,
};

const CALL: CallRow = {
  spanId: 's1',
  endedAtMs: 0,
  operation: 'chat',
  vendor: 'openai',
  provider: 'openai',
  requestModel: 'm',
  responseModel: 'm-1',
  responseId: 'r1',
  input: 10,
  cached: 4,
  written: 0,
  output: 6,
  reasoning: 2,
  costUsd: 0.1,
  unpricedReason: undefined,
  firstChunkMs: undefined,
  durationMs: 5,
  outcome: 'completed',
  errorType: undefined,
  blockedRule: undefined,
  attempts: 1,
  feature: 'chat',
  team: '',
  user: '',
  sdk: 'openai',
};

const compare = (lines: readonly BillLine[], calls: readonly CallRow[]): readonly string[] => {
  const books = new Books(() => undefined);
  books.calls.push(...calls);
  return reconcile({ calls: lines } as BillSummary, books).flatMap((finding) => (finding.holds ? [] : finding.against));
};

test('a bill and telemetry that agree hold', () => {
  expect(compare([LINE], [CALL])).toEqual([]);
});

test('a call that a budget refused is not looked for at the provider', () => {
  expect(compare([LINE], [CALL, { ...CALL, outcome: 'blocked', attempts: 0, responseId: undefined }])).toEqual([]);
});

test('a call without a span is named', () => {
  expect(compare([LINE, { ...LINE, requestModel: 'lost', responseId: 'r2' }], [CALL])).toEqual([
    'openai lost: 1 calls at the provider, 0 in the telemetry',
    '2 requests at the provider, 1 attempts in the telemetry',
    'lost r2 is in no span',
  ]);
});

test('a span too many is named', () => {
  expect(compare([LINE], [CALL, { ...CALL, responseId: 'r1' }])).toContain('openai m: 1 calls at the provider, 2 in the telemetry');
});

test('a retry that is not an attempt of its call is named', () => {
  const retry: BillLine = { ...LINE, attempt: 2, number: 2 };
  const failed: BillLine = { ...LINE, end: 'failed', status: 500, responseId: undefined };
  expect(compare([failed, retry], [CALL])).toEqual(['2 requests at the provider, 1 attempts in the telemetry']);
  expect(compare([failed, retry], [{ ...CALL, attempts: 2 }])).toEqual([]);
});

test.each(['input', 'cached', 'output', 'reasoning'] as const)('%s tokens that differ are named', (name) => {
  expect(compare([LINE], [{ ...CALL, [name]: 1 }])).toEqual([`m r1: ${LINE.tokens[name]} ${name} tokens billed, 1 seen`]);
});

test('answers without an id are compared by the sums of their model', () => {
  const line: BillLine = { ...LINE, responseId: undefined, tokens: { ...LINE.tokens, output: 0 } };
  const call: CallRow = { ...CALL, responseId: undefined, output: undefined };
  expect(compare([line, line], [call, call])).toEqual([]);
  expect(compare([line, line], [call, { ...call, input: 9 }])).toEqual(['m: 20 tokens at the provider, 19 in the telemetry']);
});

test('a stream that was cut must have failed, one that the client left must be cancelled', () => {
  const cut: BillLine = { ...LINE, end: 'cut', stream: true };
  expect(compare([cut], [{ ...CALL, outcome: 'failed' }])).toEqual([]);
  expect(compare([cut], [{ ...CALL, outcome: 'cancelled' }])).toEqual(['m r1: cut at the provider, cancelled in the telemetry']);
  expect(compare([{ ...cut, end: 'client_gone' }], [{ ...CALL, outcome: 'cancelled' }])).toEqual([]);
});

const entry = (more: Partial<RecordedEntry> & { readonly expected: RecordedEntry['expected'] }): RecordedEntry => ({
  id: 'e1',
  provider: 'openai',
  vendor: 'openai',
  api: 'chat.completions',
  model: 'm',
  stream: false,
  request: { method: 'POST', path: '/v1/chat/completions' },
  response: { status: 200 },
  ...more,
});

const COUNTS = { input_tokens_total: 10, output_tokens_total: 6, cached_input_tokens: 4, reasoning_tokens: 2 };
const against = (entries: readonly RecordedEntry[], calls: readonly CallRow[]): readonly string[] =>
  reconcileRecordings(entries, new Set(entries.map(({ id }) => id)), calls).flatMap((finding) => finding.against);
const seen = { ...CALL, user: 'e1' };

test('a recorded exchange is held to one span with its tokens and its id', () => {
  const recorded = entry({ expected: { normalised: COUNTS, response_id: 'r1' } });
  expect(against([recorded], [seen])).toEqual([]);
  expect(against([recorded], [])).toEqual(['e1: 0 spans, 1 wanted']);
  expect(against([recorded], [{ ...seen, output: 5 }])).toEqual(['e1: 6 output tokens recorded, 5 seen']);
  expect(against([recorded], [{ ...seen, responseId: undefined }])).toEqual(['e1: id r1 recorded, undefined seen']);
});

test('where the top level leaves passes out, the sum of the passes counts', () => {
  const all = { input_tokens: 30, output_tokens: 9, cached_input_tokens: 5, cache_creation_input_tokens: 2, equals_top_level: false };
  const recorded = entry({ expected: { normalised: COUNTS, all_iterations: all } });
  expect(against([recorded], [{ ...seen, input: 37, output: 9, cached: 5 }])).toEqual([]);
});

test('numbers that contradict themselves are not compared, and a refusal must be a failure', () => {
  expect(against([entry({ expected: { normalised: { ...COUNTS, cached_input_tokens: 11 } } })], [{ ...seen, input: 11 }])).toEqual([]);
  const refused = entry({ response: { status: 429 }, expected: { outcome: 'http_error' } });
  expect(against([refused], [seen])).toEqual(['e1: http_error, but the span says completed']);
  expect(against([refused], [{ ...seen, outcome: 'failed' }])).toEqual([]);
});
