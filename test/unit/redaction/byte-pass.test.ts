import { array, assert, constantFrom, integer, property, string, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eachAnchor } from '../../../src/redaction/engine/anchors.ts';
import { RUN_NUMBERS } from '../../../src/redaction/engine/byte-pass.ts';
import { CLASS, DIGIT, JOINER, LOWER, UPPER } from '../../../src/redaction/engine/char-class.ts';
import { withSubject } from '../../../src/redaction/engine/subject.ts';

const MEANT = DIGIT | JOINER | LOWER | UPPER;
const runsOf = (text: string): string[] =>
  withSubject(text, ({ space, passed }) =>
    Array.from({ length: passed.runs / RUN_NUMBERS }, (_, i) => space.runs.slice(i * RUN_NUMBERS, (i + 1) * RUN_NUMBERS).join('-')),
  );
const bitsOf = (run: string): number => Array.from(run).reduce((bits, char) => bits | ((CLASS[char.charCodeAt(0)] ?? 0) & MEANT), 0);
const wanted = (text: string): string[] =>
  Array.from(text.matchAll(/[A-Za-z0-9_-]{14,}/g), (match) => `${match.index}-${match.index + match[0].length}-${bitsOf(match[0])}`);

const anchorsOf = (text: string): { readonly anchors: string[]; readonly curl: boolean } =>
  withSubject(text, (subject) => {
    const anchors: string[] = [];
    const curl = eachAnchor(subject, (start, last, isSecretWord) => anchors.push(`${start}-${last}-${isSecretWord}`));
    return { anchors, curl };
  });
const wantedAnchors = (text: string): { readonly anchors: string[]; readonly curl: boolean } => ({
  anchors: Array.from(text.matchAll(/pass|pwd|secre/gi), ({ 0: word, index }) => `${index}-${index + word.length - 1}-${word.length === 5}`),
  curl: text.includes('curl'),
});

describe('the pass over the bytes', () => {
  it('finds the runs that an expression finds, wherever groups of characters begin and end', () => {
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

  it('finds the letters of passwords at any place, in any case', () => {
    const word = constantFrom(
      'pass',
      'pwd',
      'secre',
      'curl',
      'PASS',
      'Pwd',
      'sEcRe',
      'CURL',
      'passecre',
      'pas',
      'secr',
      'p',
      's',
      'c',
      'ſecre',
      '\u0150ass',
      ' ',
      'x',
      '鍵',
    );
    assert(
      property(array(word, { maxLength: 30 }), (words) => {
        const text = words.join('');
        expect(anchorsOf(text)).toEqual(wantedAnchors(text));
      }),
      { numRuns: 5000 },
    );
  });
});
