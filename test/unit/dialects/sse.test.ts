import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SseEvent } from '../../../src/providers/shared/sse.ts';
import { SseParser } from '../../../src/providers/shared/sse.ts';

const parse = (text: string, sizes: readonly number[] = [Infinity]): readonly SseEvent[] => {
  const events: SseEvent[] = [];
  const parser = new SseParser((event) => events.push(event));
  const bytes = new TextEncoder().encode(text);
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    parser.push(bytes.subarray(at, at + size));
    at += size;
  }
  parser.end();
  return events;
};

const TEXT = '\u{feff}: comment\r\n\r\nevent: first\r\ndata: {"a":"grüße 🌍"}\r\n\r\nid: 1\nretry: 5\ndata:one\ndata: two\ndata\n\ndata: last\r\rdata: cut';
const EVENTS = [
  { event: 'first', data: '{"a":"grüße 🌍"}' },
  { event: 'message', data: 'one\ntwo\n' },
  { event: 'message', data: 'last' },
  { event: 'message', data: 'cut' },
];

test('reads byte order mark, comments, every line end, data of several lines and an event that was cut', () => {
  expect(parse(TEXT)).toEqual(EVENTS);
});

test.each([1, 2, 3, 5, 61])('gives the same events from pieces of %i bytes, also when they split a character or a line end', (size) => {
  expect(parse(TEXT, [size])).toEqual(EVENTS);
});

test('gives the same events however the bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 }),
      fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 6 }),
      (sizes, texts) => {
        const clean = texts.map((text) => text.replace(/[\r\n]/g, ' '));
        const ends = ['\n', '\r\n', '\r'];
        const stream = clean.map((text, at) => `data: ${text}${(ends[at % 3] ?? '\n').repeat(2)}`).join('');
        expect(parse(stream, sizes).map(({ data }) => data)).toEqual(clean);
      },
    ),
  );
});

test('lets go of a line that is longer than it may keep, and reads on', () => {
  const events: SseEvent[] = [];
  const parser = new SseParser((event) => events.push(event), 100);
  for (let at = 0; at < 50; at++) parser.push(new TextEncoder().encode('data: xxxxxxxx'));
  parser.push(new TextEncoder().encode('\n\ndata: ok\n\n'));
  parser.end();
  expect(events.at(-1)).toEqual({ event: 'message', data: 'ok' });
  expect(events.every(({ data }) => data.length <= 100)).toBe(true);
});
