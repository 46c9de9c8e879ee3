/** A character of a token: letter, digit, `_` or `-`. */
export const TOKEN = 1;
/** A decimal digit. */
export const DIGIT = 2;
/** A capital letter of ASCII. */
export const UPPER = 4;
/** A small letter of ASCII. */
export const LOWER = 8;
/** A digit of hexadecimal numbers, in either case. */
export const HEX = 16;
/** `_` or `-`. */
export const JOINER = 32;
/** Punctuation that passwords and base64 hold inside: `+ / . ~ ! # $ % & * ? @ ^ |`. */
export const INNER = 64;
/** Blank, tab or line break. */
export const BLANK = 128;

const build = (): Uint8Array => {
  const table = new Uint8Array(256);
  const add = (chars: string, bits: number): void => {
    for (let i = 0; i < chars.length; i++) table[chars.charCodeAt(i)] = (table[chars.charCodeAt(i)] ?? 0) | bits;
  };
  add('0123456789', TOKEN | DIGIT | HEX);
  add('ABCDEFGHIJKLMNOPQRSTUVWXYZ', TOKEN | UPPER);
  add('abcdefghijklmnopqrstuvwxyz', TOKEN | LOWER);
  add('abcdefABCDEF', HEX);
  add('_-', TOKEN | JOINER);
  add('+/.~!#$%&*?@^|', INNER);
  add(' \t\r\n', BLANK);
  return table;
};

/** The bits of each byte; bytes beyond ASCII have none. */
export const CLASS: Uint8Array = build();

/** Gives the bits of a byte, 0 outside the text. */
export const classAt = (bytes: Uint8Array, at: number): number => CLASS[bytes[at] ?? 0] ?? 0;
