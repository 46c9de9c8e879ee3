import { array, assert, constantFrom, integer, property, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withSubject } from '../../../src/redaction/engine/subject.ts';
import { isUnusual } from '../../../src/redaction/engine/unusual-units.ts';
import { MANY } from '../../../src/redaction/engine/wide-units.ts';

const loaded = (text: string): unknown =>
  withSubject(text, (subject) => ({
    bytes: Buffer.from(subject.bytes.subarray(0, text.length + 16)).toString('latin1'),
    text: subject.text,
    unusual: subject.unusual.length < MANY ? [...subject.unusual] : 'many',
  }));
const wanted = (text: string): unknown => {
  const narrow = text.replace(/[\u0100-\uffff]/g, ' ');
  const unusual = Array.from({ length: text.length }, (_, at) => at).filter((at) => isUnusual(text.charCodeAt(at)));
  return { bytes: narrow + '\0'.repeat(16), text: narrow, unusual: unusual.length < MANY ? unusual : 'many' };
};

// Pieces of every kind of unit, some of them longer than what is looked at together.
const unit = constantFrom('a', 'Z', ' ', '\u00ff', '\u00ad', '\u0100', '\u0141', '鍵', '\u200b', 'Ａ', '🔑', '\ud835', '\uffff');
const piece = tuple(unit, constantFrom(1, 1, 2, 15, 16, 17, 300)).map(([char, count]) => char.repeat(count));

describe('a text in the scan', () => {
  it('stands in its bytes with blanks for wide characters, zeros behind it, and the places of unusual ones noted', () => {
    assert(
      property(array(piece, { maxLength: 30 }), (pieces) => {
        const text = pieces.join('');
        expect(loaded(text)).toEqual(wanted(text));
        // A piece of a wide text is wide itself, whatever it holds.
        expect(loaded(`鍵${text}`.slice(1))).toEqual(wanted(text));
      }),
      { numRuns: 1500 },
    );
  });

  it('may be long and hold wide characters at any place', () => {
    assert(
      property(integer({ min: 0, max: 39_999 }), unit, (at, char) => {
        const text = `${'x'.repeat(at)}${char}${'y'.repeat(40_000 - at)}`;
        expect(loaded(text)).toEqual(wanted(text));
      }),
      { numRuns: 50 },
    );
  });

  it('does not disturb another text that is scanned inside it', () => {
    const outer = 'the outer text holds anOuterRunOf20Chars and more'.repeat(3);
    withSubject(outer, (subject) => {
      withSubject('an inner text holds anInnerRunOf20Chars'.repeat(5), () => {});
      expect(Buffer.from(subject.bytes.subarray(0, outer.length)).toString('latin1')).toBe(outer);
      expect(outer.slice(subject.space.runs[0], subject.space.runs[1])).toBe('anOuterRunOf20Chars');
    });
  });
});
