import { createHash } from 'node:crypto';
import { assert, constantFrom, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withoutMedia } from '../../../src/redaction/media.ts';

const data = (bytes: number): Buffer => Buffer.from(Uint8Array.from({ length: bytes }, (_, i) => (i * 73 + 11) & 255));
const note = (kind: string, bytes: Buffer): string => `[${kind} ${bytes.length} B sha256:${createHash('sha256').update(bytes).digest('hex').slice(0, 12)}]`;
const words = (length: number): string => 'some words, one after another. '.repeat(Math.ceil(length / 31)).slice(0, length);

describe('media in a text', () => {
  it('is found at any place, from 192 characters of an address on', () => {
    assert(
      property(integer({ min: 0, max: 900 }), integer({ min: 142, max: 700 }), constantFrom(' ', '"', ')', '鍵'), (before, bytes, after) => {
        const image = data(bytes);
        const text = `${words(before)} data:image/png;base64,${image.toString('base64')}${after}${words(300)}`;
        expect(withoutMedia(text)).toBe(`${words(before)} ${note('image/png', image)}${after}${words(300)}`);
      }),
      { numRuns: 500 },
    );
  });

  it('is found without an address when it opens like media, one after another and at the end', () => {
    const png = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), data(600)]);
    const text = `${words(250)} ${png.toString('base64url')}, ${png.toString('base64')}`;
    expect(withoutMedia(text)).toBe(`${words(250)} ${note('image/png', png)}, ${note('image/png', png)}`);
  });

  it('is nothing else: the same string comes back', () => {
    for (const text of [
      '',
      'a',
      words(5000),
      data(140).toString('base64').replace(/=+$/, ''),
      `data:image/png;base64,${data(60).toString('base64')}`,
      'A'.repeat(3000),
    ])
      expect(withoutMedia(text)).toBe(text);
  });
});
