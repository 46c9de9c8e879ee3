import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { SseTap } from '../../../src/providers/shared/response/sse-tap.ts';
import { SseParser } from '../../support/sse-parser.ts';

interface Taps {
  push(bytes: Uint8Array): unknown;
  end(): unknown;
}

const through = (tap: Taps, stream: Uint8Array, cuts: readonly number[]): void => {
  for (let at = 0, turn = 0; at < stream.length; turn++) {
    const size = cuts[turn % cuts.length] ?? 1;
    tap.push(stream.subarray(at, at + size));
    at += size;
  }
  tap.end();
};

/** What the tap reads of a stream, and how many events it counts. */
const tapped = (stream: Uint8Array, cuts: readonly number[]): { readonly read: readonly unknown[]; readonly events: number } => {
  const read: unknown[] = [];
  const facts = { response: {}, usage: undefined, error: undefined, outputChars: 0, ended: false };
  const reader = { body: () => undefined, event: (json: unknown) => void read.push(json), wants: () => true, headers: () => undefined, facts: () => facts };
  const tap = new SseTap(reader, true);
  let events = 0;
  through({ push: (bytes) => (events += tap.push(bytes)), end: () => (events += tap.end()) }, stream, cuts);
  return { read, events };
};

/** What a parser that follows the standard step by step reads of it. */
const standard = (stream: Uint8Array): readonly unknown[] => {
  const read: unknown[] = [];
  through(new SseParser(({ data }) => read.push(data === '[DONE]' ? data : JSON.parse(data))), stream, [stream.length]);
  return read;
};

const event = fc.record({
  value: fc.jsonValue({ maxDepth: 2 }),
  // A standard may allow what no provider does; JSON may be spread over lines.
  spread: fc.boolean(),
  space: fc.constantFrom('', ' '),
  name: fc.constantFrom('', 'event: delta', 'id: 1', ': ping', 'retry: 5', 'data-like: x'),
});

/** Line ends by turns, where those of two lines together are not one. */
const ended = (lines: readonly string[], ends: readonly string[]): string => {
  let text = '';
  for (const [index, line] of lines.entries()) {
    const end = ends[index % ends.length] ?? '';
    text += line + (line === '' && text.endsWith('\r') && end.startsWith('\n') ? '\r\n' : end);
  }
  return text;
};

test.each([['\n'], ['\r\n'], ['\r'], ['\n', '\r\n', '\r'], ['\n', '\r\n']].map((ends) => [ends]))(
  'reads what the standard says, however the bytes are cut, with lines that end in %j',
  (ends) => {
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 12 }),
        fc.constantFrom('', ended(['data: [DONE]', ''], ends), 'data: {"cut":1}'),
        fc.constantFrom('', '\uFEFF'),
        (events, cuts, last, mark) => {
          const lines = events.flatMap(({ value, spread, space, name }) => [
            ...(name === '' ? [] : [name]),
            ...JSON.stringify(value, undefined, spread ? 1 : 0)
              .split('\n')
              .map((line) => `data:${space}${line}`),
            '',
          ]);
          const stream = Buffer.from(mark + ended(lines, ends) + last);
          const read = standard(stream);
          expect(tapped(stream, cuts)).toEqual({ read, events: read.length });
        },
      ),
      { numRuns: 300 },
    );
  },
);

test.each(['\n', '\r\n'])('a large event that comes in small pieces holds nobody up, with lines that end in %j', (end) => {
  const stream = Buffer.from(`data: ${JSON.stringify('x'.repeat(4 * 1024 * 1024))}${end}${end}`);
  const beganMs = performance.now();
  expect(tapped(stream, [1400]).events).toBe(1);
  // It takes some hundredths of a second. To look with each piece at all that has come took six.
  expect(performance.now() - beganMs).toBeLessThan(1500);
});

test('says that a stream is over once it said so', () => {
  const tap = new SseTap({ body: () => undefined, event: () => undefined, wants: () => true, headers: () => undefined, facts: () => ({}) as never }, true);
  tap.push(Buffer.from('data: {}\n\ndata: [DO'));
  expect(tap.terminated).toBe(false);
  tap.push(Buffer.from('NE]\n\n'));
  expect(tap.terminated).toBe(true);
});
