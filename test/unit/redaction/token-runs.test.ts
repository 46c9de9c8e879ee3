import { array, assert, constantFrom, integer, property, string, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withSubject } from '../../../src/redaction/engine/subject.ts';
import { eachRun } from '../../../src/redaction/engine/token-runs.ts';

const runsOf = (text: string): string[] =>
  withSubject(text, ({ bytes, length }) => {
    const runs: string[] = [];
    eachRun(bytes, length, (start, end) => runs.push(`${start}-${end}`));
    return runs;
  });
const wanted = (text: string): string[] => Array.from(text.matchAll(/[A-Za-z0-9_-]{14,}/g), (match) => `${match.index}-${match.index + match[0].length}`);

describe('the runs of a text', () => {
  it('are those that an expression finds, wherever blocks begin and end', () => {
    const piece = tuple(constantFrom('a', 'Z', '9', '_', '-'), integer({ min: 0, max: 70 })).map(([char, count]) => char.repeat(count));
    const joint = constantFrom(' ', '.', '\n', '=', 'é', '鍵', '\u0141', '🔑', '');
    assert(
      property(array(tuple(piece, joint), { maxLength: 20 }), (parts) => {
        const text = parts.flat().join('');
        expect(runsOf(text)).toEqual(wanted(text));
      }),
      { numRuns: 3000 },
    );
    assert(
      property(string({ unit: 'grapheme', maxLength: 300 }), (text) => {
        expect(runsOf(text)).toEqual(wanted(text));
      }),
      { numRuns: 500 },
    );
  });
});
