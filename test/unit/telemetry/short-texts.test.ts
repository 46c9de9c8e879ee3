import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { shortTexts } from '../../../src/telemetry/short-texts.ts';

test('long texts are cut wherever they stand, and say by how much', () => {
  const value = [
    {
      role: 'user',
      parts: [
        { type: 'text', content: 'x'.repeat(30) },
        { n: 1, list: [true, null, 'short'] },
      ],
    },
  ];
  expect(shortTexts(value, 10)).toEqual([
    {
      role: 'user',
      parts: [
        { type: 'text', content: 'xxxxxxxxxx[+20 characters]' },
        { n: 1, list: [true, null, 'short'] },
      ],
    },
  ]);
});

test('no character is cut in two, and what fits is the same object', () => {
  expect(shortTexts('a😀😀', 2)).toBe('a[+4 characters]');
  const value = { parts: ['short'] };
  expect(shortTexts(value, 10)).toBe(value);
});

test('of any JSON every text is within the bound, and nothing else changes', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.integer({ min: 16, max: 40 }), (json, most) => {
      const texts = (value: unknown): readonly string[] =>
        typeof value === 'string' ? [value] : typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : [];
      const short = shortTexts(json as Parameters<typeof shortTexts>[0], most);
      expect(texts(short).every((text) => text.length <= most + '[+999 characters]'.length)).toBe(true);
      expect(texts(short)).toHaveLength(texts(json).length);
    }),
  );
});
