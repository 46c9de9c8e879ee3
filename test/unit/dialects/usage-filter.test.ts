import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { UsageFilter } from '../../../src/providers/shared/response/usage-filter.ts';
import { anyCharacter } from '../../support/any-character.ts';

const chunk = (choices: readonly unknown[], more: object): string => JSON.stringify({ id: 'chatcmpl-1', model: 'gpt-5.4', choices, ...more });
const delta = (content: string): unknown => ({ index: 0, delta: { content }, finish_reason: null });

/** The data of a stream as the app would have had it, and as it comes where usage was asked for. */
const streamOf = (texts: readonly string[]): { readonly bare: readonly string[]; readonly asked: readonly string[] } => ({
  bare: [...texts.map((text) => chunk([delta(text)], {})), '[DONE]'],
  asked: [...texts.map((text) => chunk([delta(text)], { usage: null })), chunk([], { usage: { prompt_tokens: 1, completion_tokens: 2 } }), '[DONE]'],
});

const bytesOf = (data: readonly string[], end: string, head = '', blank = end): Buffer =>
  Buffer.from(data.map((one) => `${head}data: ${one}${end}${blank}`).join(''));

const filtered = (stream: Buffer, cuts: readonly number[]): { readonly text: string; readonly pieces: readonly Uint8Array[] } => {
  const filter = new UsageFilter();
  const pieces: Uint8Array[] = [];
  for (let at = 0, turn = 0; at < stream.length; turn++) {
    const size = cuts[turn % cuts.length] ?? 1;
    const kept = filter.push(new Uint8Array(stream.subarray(at, at + size)));
    if (kept !== undefined) pieces.push(kept);
    at += size;
  }
  const rest = filter.flush();
  return { text: Buffer.concat([...pieces, ...(rest === undefined ? [] : [rest])]).toString('utf8'), pieces };
};

const ENDS = ['\n', '\r\n', '\r'].map((end) => [end, end] as const);

test.each([...ENDS, ['\n', '\r\n'], ['\r\n', '\n']] as const)(
  'the app sees the stream that it would have had, with lines that end in %j and empty ones in %j',
  (end, blank) => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: anyCharacter, maxLength: 20 }), { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 8 }),
        fc.constantFrom('', `event: message${end}`, `: ping${end}id: 1${end}`),
        (texts, cuts, head) => {
          const { bare, asked } = streamOf(texts);
          expect(filtered(bytesOf(asked, end, head, blank), cuts).text).toBe(bytesOf(bare, end, head, blank).toString('utf8'));
        },
      ),
    );
  },
);

test('what ends without a blank line loses no event but the one with the usage', () => {
  const { bare, asked } = streamOf(['a', 'b']);
  const cut = (data: readonly string[]): Buffer =>
    Buffer.from(
      data
        .slice(0, -1)
        .map((one) => `data: ${one}`)
        .join('\n\n'),
    );
  expect(filtered(cut(asked), [10_000]).text).toBe(`${cut(bare).toString('utf8')}\n\n`);
});

test('what never ends an event is passed on, and not held to the end', () => {
  const line = Buffer.from(`data: ${'x'.repeat(1000)}\n`);
  const { pieces } = filtered(Buffer.concat(Array.from({ length: 200 }, () => line)), [line.length]);
  expect(pieces.reduce((sum, { length }) => sum + length, 0)).toBeGreaterThan(100 * line.length);
});

test('the app is given bytes of their own memory, and no Buffer', () => {
  const { asked } = streamOf(['a', 'b']);
  const { pieces } = filtered(bytesOf(asked, '\n'), [50]);
  expect(pieces.map((piece) => [piece.constructor.name, piece.buffer.byteLength === piece.length])).toEqual(pieces.map(() => ['Uint8Array', true]));
});
