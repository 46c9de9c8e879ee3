import { expect, test } from 'vitest';
import { Books } from '../../../demo/books/books.ts';
import type { CallRow } from '../../../demo/books/call-row.ts';
import { callHeads, callLine } from '../../../demo/screen/call-table.ts';
import { line } from '../../../demo/screen/columns.ts';
import { footer } from '../../../demo/screen/footer.ts';
import { bar, duration, fit, short, usd, whole } from '../../../demo/screen/format.ts';
import { paintFor, wantsColour } from '../../../demo/screen/paint.ts';
import { liveScreen, plainScreen } from '../../../demo/screen/screen.ts';
import { summary } from '../../../demo/screen/summary.ts';

const PLAIN = paintFor(false);
const WIDEST = 100;

const call = (more: Partial<CallRow> = {}): CallRow => ({
  spanId: 's',
  endedAtMs: 0,
  operation: 'chat',
  vendor: 'openai',
  provider: 'azure.ai.inference',
  requestModel: 'a-model-with-a-rather-long-name',
  responseModel: 'a-model-with-a-rather-long-name-2026-05-01',
  responseId: 'r',
  input: 1_234_567,
  cached: 999_999,
  written: 0,
  output: 123_456,
  reasoning: 0,
  costUsd: 12_345.678,
  unpricedReason: undefined,
  firstChunkMs: 59_999,
  durationMs: 600_000,
  outcome: 'completed',
  errorType: undefined,
  blockedRule: undefined,
  attempts: 12,
  feature: 'a-long-feature-name',
  team: '',
  user: '',
  sdk: 'openai',
  ...more,
});

const heightOf = (text: string): number => text.split('\n').length - 1;

const gather = () => {
  const written: string[] = [];
  return { written, output: { write: (text: string) => written.push(text), rows: 20, columns: 100 } };
};

test('money, counts and times are short and never lie about what is missing', () => {
  expect([undefined, 0, 0.000412, 0.0123, 1.5, 812.4].map(usd)).toEqual(['-', '$0', '$0.000412', '$0.0123', '$1.50', '$812']);
  expect([undefined, 3, 999.6, 1_250, 99_960].map(duration)).toEqual(['-', '3ms', '1.0s', '1.3s', '100s']);
  expect([whole(undefined), whole(12_345), short(9_999), short(12_345), short(1_230_000)]).toEqual(['-', '12,345', '9,999', '12.3k', '1.2M']);
  expect([fit('abcdef', 4), bar(0.5, 4), bar(7, 3), bar(-1, 2)]).toEqual(['abc…', '██░░', '███', '░░']);
});

test('no line of a call is wider than a hundred columns, whatever is in it', () => {
  expect(callHeads(PLAIN).length).toBeLessThanOrEqual(WIDEST);
  for (const more of [{}, { outcome: 'failed', errorType: 'a_very_long_error_type_indeed' }, { outcome: 'blocked' }, { costUsd: undefined }]) {
    expect(callLine(call(more), PLAIN).length).toBeLessThanOrEqual(WIDEST);
  }
});

test('colours do not move columns', () => {
  const columns = [
    { head: 'a', width: 5, align: 'left' },
    { head: 'b', width: 5, align: 'right' },
  ] as const;
  const painted = line(columns, [{ text: 'x', paint: paintFor(true).bad }, 'y']);
  // oxlint-disable-next-line no-control-regex -- the escape is what is looked for
  expect(painted.replace(/\u001B\[\d+m/g, '')).toBe(line(columns, ['x', 'y']));
  expect(painted).not.toBe(line(columns, ['x', 'y']));
});

test('NO_COLOR and a pipe take the colours away, FORCE_COLOR brings them back', () => {
  expect(wantsColour(true, { TERM: 'xterm' })).toBe(true);
  expect(wantsColour(false, { TERM: 'xterm' })).toBe(false);
  expect(wantsColour(true, { NO_COLOR: '1' })).toBe(false);
  expect(wantsColour(true, { TERM: 'dumb' })).toBe(false);
  expect(wantsColour(false, { FORCE_COLOR: '1' })).toBe(true);
});

test('plain output is one line a call, without escapes', () => {
  const { written, output } = gather();
  const screen = plainScreen(output, PLAIN);
  screen.call(call());
  screen.refresh();
  screen.end();
  expect(written).toHaveLength(2);
  expect(written.join('')).not.toContain('\u001B');
});

test('a terminal is repainted in place and gets its cursor back', () => {
  const { written, output } = gather();
  const screen = liveScreen(output, PLAIN, new Books(() => undefined));
  for (let i = 0; i < 40; i++) screen.call(call({ spanId: String(i) }));
  expect(written.slice(1).every((text) => text.startsWith('\r\u001B['))).toBe(true);
  expect(Math.max(...written.map(heightOf))).toBeLessThan(20);
  screen.end();
  expect(written.at(-1)).toBe('\u001B[?7h\u001B[?25h');
});

test('the sums below the live table fit a hundred columns', () => {
  const books = new Books(() => undefined);
  for (let i = 0; i < 1_234; i++) books.calls.push(call({ costUsd: 0.1234 }));
  expect(Math.max(...footer(books, PLAIN).map((row) => row.length))).toBeLessThanOrEqual(WIDEST);
});

test('the summary fits a hundred columns and shows what does not hold', () => {
  const books = new Books(() => undefined);
  books.calls.push(call(), call({ costUsd: undefined, unpricedReason: 'unknown_model', feature: '' }));
  const findings = [
    { claim: 'all is well', holds: true, evidence: 'x'.repeat(300), against: [] },
    { claim: 'nothing is lost', holds: false, evidence: '1 of 2', against: [`lost ${'y'.repeat(300)}`] },
  ];
  const text = summary(books, findings, PLAIN);
  expect(Math.max(...text.split('\n').map((row) => row.length))).toBeLessThanOrEqual(WIDEST);
  expect(text).toContain('✓ all is well');
  expect(text).toContain('✗ nothing is lost');
});
