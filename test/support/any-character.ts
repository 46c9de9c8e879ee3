import { nat } from 'fast-check';

const FIRST_SURROGATE = 0xd8_00;
const SURROGATES = 0x8_00;
const LAST = 0x10_ff_ff;

/**
 * Any code point but half a pair, each as likely: the unit of strings that `unit: 'binary'` gives as well. That one makes a table of all million of them
 * first, which takes longer than most tests.
 */
export const anyCharacter = nat(LAST - SURROGATES).map(
  (at) => String.fromCodePoint(at < FIRST_SURROGATE ? at : at + SURROGATES),
  (character) => {
    const [first, ...more] = typeof character === 'string' ? Array.from(character, (each) => each.codePointAt(0) ?? 0) : [];
    if (first === undefined || more.length > 0) throw new Error('not one character');
    return first < FIRST_SURROGATE ? first : first - SURROGATES;
  },
);
