import type { Subject } from './subject.ts';

/** Called with each anchor: where it begins, its last letter, and whether it is the one of "secret". */
export type OnAnchor = (start: number, last: number, isSecretWord: boolean) => void;

const GROUP_CHARS = 8;
// The pair that closes an anchor lies one or two characters behind its first.
const BEFORE_GROUP = 2;
const codesOf = (word: string): readonly number[] => Array.from(word, (char) => char.charCodeAt(0));
const PASS = codesOf('pass');
const PWD = codesOf('pwd');
const PW = codesOf('pw');
const COLON = 58;
const EQUALS = 61;
const SECRE = codesOf('secre');
const LETTER_P = PASS[0];
const LETTER_S = SECRE[0];
const CURL = codesOf('curl');
const LETTER_C = CURL[0];

const reads = (bytes: Uint8Array, at: number, word: readonly number[], ignored: number): boolean => {
  for (let i = 0; i < word.length; i++) if (((bytes[at + i] ?? 0) | ignored) !== word[i]) return false;
  return true;
};

// Sets the bit by which small letters of ASCII differ from capital ones.
const CASE = 32;
const anchorAt = (bytes: Uint8Array, at: number): readonly number[] | undefined => {
  const first = (bytes[at] ?? 0) | CASE;
  if (first === LETTER_S) return reads(bytes, at, SECRE, CASE) ? SECRE : undefined;
  if (first !== LETTER_P) return undefined;
  if (reads(bytes, at, PASS, CASE)) return PASS;
  if (reads(bytes, at, PWD, CASE)) return PWD;
  const sign = bytes[at + 2];
  return (sign === COLON || sign === EQUALS) && reads(bytes, at, PW, CASE) ? PW : undefined;
};

/**
 * Calls `onAnchor` for the letters "pass", "pwd", "pw" before a sign, and "secre", in any case, in order and without overlap: every name of a password holds
 * them. Gives whether the text holds "curl". Only where the pass over the bytes noted something is anything read.
 */
export const eachAnchor = ({ bytes, space, passed }: Subject, onAnchor: OnAnchor): boolean => {
  let curl = false;
  let behind = 0;
  for (let i = 0; i < passed.groups; i++) {
    const from = (space.groups[i] ?? 0) * 2 - BEFORE_GROUP;
    for (let at = Math.max(from, behind); at < from + GROUP_CHARS; at++) {
      curl ||= bytes[at] === LETTER_C && reads(bytes, at, CURL, 0);
      const word = anchorAt(bytes, at);
      if (word === undefined) continue;
      behind = at + word.length;
      onAnchor(at, behind - 1, word === SECRE);
      at = behind - 1;
    }
  }
  return curl;
};
