/* eslint-disable no-misleading-character-class -- signs that combine with others are what is looked for here */
import { BudgetSpent } from './hits.ts';
import type { Subject } from './subject.ts';
import type { Replacement } from './view.ts';

// Escapes of printable ASCII in URLs, JavaScript and JSON, and HTML. Each expression begins with one fixed character: V8 skips to it
// at memory speed, which it does not for one expression of all.
const ESCAPES: readonly RegExp[] = [
  /%(?:[2-7][0-9A-Fa-f]|0[9AaDd])/g,
  /\\(?:u(?:00[2-7][0-9A-Fa-f]|\{0{0,4}[2-7][0-9A-Fa-f]\}|00[aA][dD]|200[b-fB-F]|2060|[fF][eE][fF][fF])|x[2-7][0-9A-Fa-f]|\/)/g,
  /&(?:#(?:0{0,4}\d{2,3}|[xX]0{0,4}[2-7][0-9A-Fa-f])|amp|lt|gt|quot|apos|hyphen|dash|lowbar|period|sol|colon|equals|plus|shy|zwnj|zwj|ZeroWidthSpace);/g,
];
const SOFT_HYPHEN = /\u00ad+/g;
// Signs that do not show, and letters that look like those of ASCII.
const LOOKALIKES =
  /[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2070-\u209c\u2100-\u214f\u24b6-\u24e9\ufe00-\ufe0f\ufeff\uff01-\uff5e\uffa0]+|(?:\ud835[\udc00-\udfff])+|(?:\udb40[\udc00-\uddef])+/g;

const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  hyphen: '-',
  dash: '-',
  lowbar: '_',
  period: '.',
  sol: '/',
  colon: ':',
  equals: '=',
  plus: '+',
};
const HIDDEN =
  /[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\uffa0]|\udb40[\udc00-\uddef]/g;
const HEX = /[0-9A-Fa-f]+(?=\}?;?$)/;
// The last sign of an escape's opening: what follows is hexadecimal.
const isPrintable = (code: number): boolean => code >= 32 && code < 127;
const charOf = (code: number): string => (isPrintable(code) ? String.fromCharCode(code) : code === 9 || code === 10 || code === 13 ? '\n' : '');

const undisguised = (found: string): string => {
  const first = found.charCodeAt(0);
  if (first > 127) return found.replace(HIDDEN, '').normalize('NFKC');
  if (found === '\\/') return '/';
  if (found.startsWith('&#') && found.charAt(2).toLowerCase() !== 'x') return charOf(Number(found.slice(2, -1)));
  if (first === 38 && found.charAt(1) !== '#') return NAMED[found.slice(1, -1)] ?? '';
  return charOf(Number.parseInt(HEX.exec(found.slice(2 - (first === 37 ? 1 : 0)))?.[0] ?? '0', 16));
};

const MAX_REPLACEMENTS = 200_000;

const collect = (text: string, pattern: RegExp, into: Replacement[]): void => {
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    if (into.length >= MAX_REPLACEMENTS) throw new BudgetSpent('findings');
    into.push({ start: match.index, end: pattern.lastIndex, by: undisguised(match[0]) });
  }
};

/** Finds what hides a secret from a plain reading, and what each place says when read as it is meant. @throws BudgetSpent beyond 200,000 places */
export const disguises = ({ text, wide }: Subject): readonly Replacement[] => {
  const found: Replacement[] = [];
  for (const pattern of ESCAPES) collect(text, pattern, found);
  // A one-byte string holds none of the others.
  collect(text, wide ? LOOKALIKES : SOFT_HYPHEN, found);
  return found.sort((a, b) => a.start - b.start);
};
