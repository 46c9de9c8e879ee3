import { CLASS, DIGIT, JOINER, LOWER, TOKEN, UPPER } from './char-class.ts';

/** The first character of the pair is one of a token. */
export const FIRST = 1;
/** Both characters are. */
export const BOTH = 2;
/** The second one is. */
export const SECOND = 4;
/** The letters of an anchor may end here, when the pair before is one of `OPENS`. */
export const CLOSES = 8;
/** The letters of an anchor may begin here. */
export const OPENS = 16;
/** A pair that nearly only "PRIVATE KEY" holds. */
export const PEM_PAIR = 32;
/** A pair that nearly only "FlyV1" holds. */
export const FLY_PAIR = 64;
/** A pair of which "Q~" may be a part. */
export const TILDE_PAIR = 128;
/** A pair that nearly only "IDENTIFIED" holds. The bits of classes leave it free. */
export const SQL_PAIR = 256;
/** The class bits of both characters begin at this bit: `DIGIT`, `UPPER`, `LOWER` and `JOINER`. */
export const CLASS_SHIFT = 8;

const MEANT = DIGIT | UPPER | LOWER | JOINER;
const SIZE = 256;
const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

const indexOf = (first: number, second: number): number => (isLittleEndian ? first | (second << 8) : (first << 8) | second);

const wordPair = (first: number, second: number): number => {
  const a = CLASS[first] ?? 0;
  const b = CLASS[second] ?? 0;
  return (a & TOKEN ? FIRST : 0) | (a & b & TOKEN ? BOTH : 0) | (b & TOKEN ? SECOND : 0) | (((a | b) & MEANT) << CLASS_SHIFT);
};

const inBothCases = (letter: string): readonly string[] => [letter.toLowerCase(), letter.toUpperCase()];

/**
 * The anchors "pass", "pwd", "pw:", "pw=", "secre" (in any case) and "curl" cut into pairs, as they lie on even and on odd places: pa-ss and
 * .p-as, pw-d. and .p-wd, pw-:. and .p-w:, se-cr and .s-ec, cu-rl and .c-ur. A blank stands for any character.
 */
const OPENING = { inAnyCase: ['pa', 'pw', 'se', ' p', ' s'], asWritten: ['cu', ' c'] };
const CLOSING = { inAnyCase: ['ss', 'as', 'wd', 'w:', 'w=', 'cr', 'ec', 'd ', ': ', '= '], asWritten: ['rl', 'ur'] };
const RARE_PAIRS: readonly (readonly [string, number])[] = [
  ['IV', PEM_PAIR],
  ['VA', PEM_PAIR],
  ['yV', FLY_PAIR],
  ['V1', FLY_PAIR],
  ['FI', SQL_PAIR],
  ['IF', SQL_PAIR],
  ['Q~', TILDE_PAIR],
  ['~ ', TILDE_PAIR],
];

const EVERY = Array.from({ length: SIZE }, (_, code) => code);
const codesOf = (char: string, bothCases: boolean): readonly number[] => {
  if (char === ' ') return EVERY;
  return (bothCases ? inBothCases(char) : [char]).map((letter) => letter.charCodeAt(0));
};

const mark = (table: Uint16Array, pair: string, bits: number, bothCases: boolean): void => {
  const seconds = codesOf(pair.charAt(1), bothCases);
  for (const first of codesOf(pair.charAt(0), bothCases))
    for (const second of seconds) {
      const index = indexOf(first, second);
      table[index] = (table[index] ?? 0) | bits;
    }
};

/** Gives what each pair of characters says, by the pair as the processor reads it. */
export const buildPairTable = (): Uint16Array => {
  const table = new Uint16Array(SIZE * SIZE);
  // Of the 256 rows only five differ: made one by one they would cost the first scan of a process some milliseconds.
  const rows = new Map<number, Uint16Array>();
  for (let high = 0; high < SIZE; high++) {
    const kind = (CLASS[high] ?? 0) & (TOKEN | MEANT);
    const row = rows.get(kind) ?? Uint16Array.from({ length: SIZE }, (_, low) => (isLittleEndian ? wordPair(low, high) : wordPair(high, low)));
    rows.set(kind, row);
    table.set(row, high * SIZE);
  }
  for (const pair of OPENING.inAnyCase) mark(table, pair, OPENS, true);
  for (const pair of OPENING.asWritten) mark(table, pair, OPENS, false);
  for (const pair of CLOSING.inAnyCase) mark(table, pair, CLOSES, true);
  for (const pair of CLOSING.asWritten) mark(table, pair, CLOSES, false);
  for (const [pair, bits] of RARE_PAIRS) mark(table, pair, bits, false);
  return table;
};
