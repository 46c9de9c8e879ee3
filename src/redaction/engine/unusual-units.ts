// Signs that do not show, as ranges of units.
const HIDDEN_RANGES: readonly (readonly [number, number])[] = [
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x202a, 0x202e],
  [0x2060, 0x206f],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
];
// Letters that look like those of ASCII and are read so in Unicode's compatibility form.
const LOOKALIKE_RANGES: readonly (readonly [number, number])[] = [
  [0x2070, 0x209c],
  [0x2100, 0x214f],
  [0x24b6, 0x24e9],
  [0xff01, 0xff5e],
];
/** A unit that does not show. */
export const HIDDEN = 1;
/** A letter that looks like one of ASCII. */
export const LOOKALIKE = 2;
/** The first unit of a pair that is one or the other. */
export const PAIR = 3;
const KIND = new Uint8Array(0x10000);
for (const [from, to] of HIDDEN_RANGES) KIND.fill(HIDDEN, from, to + 1);
for (const [from, to] of LOOKALIKE_RANGES) KIND.fill(LOOKALIKE, from, to + 1);
KIND[0xd835] = PAIR;
KIND[0xdb40] = PAIR;

/** Tells what kind of disguise a UTF-16 unit is: 0 for none. */
export const unusualKind = (unit: number): number => KIND[unit] ?? 0;

/** Tells whether a UTF-16 unit does not show or looks like a letter of ASCII. */
export const isUnusual = (unit: number): boolean => KIND[unit] !== 0;
