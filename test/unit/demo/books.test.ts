import { expect, test } from 'vitest';
import { Books } from '../../../demo/books/books.ts';
import type { CallRow } from '../../../demo/books/call-row.ts';
import { LeakSearch } from '../../../demo/books/leaks.ts';
import { quantile, tallyBy } from '../../../demo/books/tally.ts';

const value = (v: string | number): object =>
  typeof v === 'number' ? (Number.isInteger(v) ? { intValue: String(v) } : { doubleValue: v }) : { stringValue: v };
const attributes = (record: Record<string, string | number>): object[] => Object.entries(record).map(([key, v]) => ({ key, value: value(v) }));

const span = (spanId: string, record: Record<string, string | number>): object => ({
  spanId,
  name: 'chat m',
  startTimeUnixNano: '1763632800000000000',
  endTimeUnixNano: '1763632800250500000',
  attributes: attributes(record),
});
const traces = (...spans: object[]): object => ({ resourceSpans: [{ scopeSpans: [{ scope: { name: 'purser' }, spans }] }] });
const metric = (name: string, kind: 'sum' | 'gauge', points: object[], aggregationTemporality?: number): object => ({
  resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name, [kind]: { aggregationTemporality, dataPoints: points } }] }] }],
});

const point = (asInt: string, detector: string): object => ({ asInt, attributes: attributes({ 'purser.detector': detector }) });

const CALL = { 'purser.call.id': 'c1', 'purser.dialect': 'openai.chat', 'gen_ai.request.model': 'models/m', 'purser.attempts': 2 };

test('a call is read from its span, and a span that comes twice counts once', () => {
  const seen: CallRow[] = [];
  const books = new Books((call) => seen.push(call));
  const body = traces(span('a', { ...CALL, 'gen_ai.usage.input_tokens': 12, 'gen_ai.usage.cost.amount': 0.5, 'gen_ai.response.time_to_first_chunk': 0.12 }));
  books.take('traces', body);
  books.take('traces', body);
  expect(seen).toHaveLength(1);
  expect(seen[0]).toMatchObject({ vendor: 'openai', requestModel: 'm', input: 12, output: undefined, costUsd: 0.5, firstChunkMs: 120, attempts: 2 });
  expect(seen[0]?.durationMs).toBeCloseTo(250.5, 3);
  expect(books.duplicates).toBe(1);
});

test('a span without a call id is no call', () => {
  const books = new Books(() => expect.unreachable());
  books.take('traces', traces(span('a', { 'gen_ai.operation.name': 'chat' })));
  expect(books.others.map((other) => other.scope)).toEqual(['purser']);
});

test('cumulative points replace one another and delta points add up', () => {
  const books = new Books(() => undefined);
  books.take('metrics', metric('m.cumulative', 'sum', [point('3', 'a'), point('2', 'b')], 2));
  books.take('metrics', metric('m.cumulative', 'sum', [point('5', 'a')], 2));
  books.take('metrics', metric('m.delta', 'sum', [point('3', 'a')], 1));
  books.take('metrics', metric('m.delta', 'sum', [point('4', 'a')], 1));
  books.take('metrics', metric('m.gauge', 'gauge', [{ asDouble: 1.5 }]));
  expect(books.sum('m.cumulative')).toBe(7);
  expect(books.sum('m.cumulative', { 'purser.detector': 'a' })).toBe(5);
  expect(books.sum('m.delta')).toBe(7);
  expect(books.sum('m.gauge')).toBe(1.5);
});

test('events are read with their text', () => {
  const books = new Books(() => undefined);
  const record = { eventName: 'purser.budget.threshold', severityText: 'WARN', body: { stringValue: 'half is gone' }, timeUnixNano: '1763632800000000000' };
  books.take('logs', { resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] });
  expect(books.events[0]).toMatchObject({ name: 'purser.budget.threshold', text: 'half is gone', atMs: 1_763_632_800_000 });
});

test('a quantile is one of the values', () => {
  expect(quantile([], 0.5)).toBeUndefined();
  expect(quantile([5, 1, 3], 0.5)).toBe(3);
  expect(quantile([1, 2, 3, 4], 0.95)).toBe(4);
});

const row = (feature: string, costUsd: number | undefined): CallRow => ({ feature, costUsd, outcome: 'completed', durationMs: 10 }) as CallRow;

test('tallies are sorted by what they cost', () => {
  const tallies = tallyBy([row('a', 1), row('b', 3), row('a', 1), row('c', undefined)], (call) => call.feature);
  expect(tallies.map(({ name, calls, costUsd }) => [name, calls, costUsd])).toEqual([
    ['b', 1, 3],
    ['a', 2, 2],
    ['c', 1, 0],
  ]);
});

test.each([
  ['as it is', (secret: string) => `"${secret}"`],
  ['by its random tail', (secret: string) => `…${secret.slice(-16)}`],
  ['in base64', (secret: string) => Buffer.from(secret).toString('base64')],
  ['percent-encoded', (secret: string) => encodeURIComponent(secret)],
])('a planted secret is found %s', (_, leak) => {
  const secret = ['sk', 'proj', 'a+b/c=d0123456789abcdefXYZ'].join('-');
  const search = new LeakSearch([{ name: 'the key', secret }]);
  search.take(Buffer.from('{"nothing":"here"}'));
  expect(search.result().holds).toBe(true);
  search.take(Buffer.from(leak(secret)));
  expect(search.result()).toMatchObject({ holds: false, against: ['the key left the process'] });
});
