import type { HitList } from './hits.ts';
import { ibanAround } from './iban.ts';
import type { Subject } from './subject.ts';

/** Groups of digits joined by single blanks, which may be such as never break a line, by dots or dashes. Wide blanks are plain ones in the bytes. */
const CHAIN = /\d(?:[ \u00a0.-]?\d){8,}/g;
const MAX_CHAIN = 400;
const NUMBERS_ONLY = /^[\d\s.,-]{9,40}$/;
const SSN_WORD = /\b(?:ssn|social[ -]?security)\b[^\n]{0,40}$/i;

interface Group {
  readonly start: number;
  readonly digits: string;
}

/** Card issuers: first digits and lengths. @source ISO/IEC 7812 ranges as published by the issuers; https://en.wikipedia.org/wiki/Payment_card_number */
const ISSUERS: readonly { readonly name: string; readonly first: RegExp; readonly lengths: readonly number[] }[] = [
  { name: 'Visa', first: /^4/, lengths: [13, 16, 19] },
  { name: 'Mastercard', first: /^(?:5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720))/, lengths: [16] },
  { name: 'American Express', first: /^3[47]/, lengths: [15] },
  { name: 'Diners Club', first: /^3(?:0[0-5]|095|[689])/, lengths: [14, 16, 19] },
  { name: 'Discover', first: /^6(?:011|4[4-9]|5|22)/, lengths: [16, 19] },
  { name: 'JCB', first: /^35(?:2[89]|[3-8])/, lengths: [16, 19] },
  { name: 'UnionPay', first: /^(?:62|81)/, lengths: [16, 17, 18, 19] },
  { name: 'Maestro', first: /^(?:5018|5020|5038|5893|6304|6759|676[1-3])/, lengths: [13, 14, 15, 16, 17, 18, 19] },
  { name: 'Dankort', first: /^(?:5019|4571)/, lengths: [16] },
  { name: 'Mir', first: /^220[0-4]/, lengths: [16, 19] },
  { name: 'RuPay', first: /^(?:60|65|508|35[36])/, lengths: [16] },
  { name: 'Elo', first: /^(?:4011|4312|4389|5041|5066|5090|6277|6362|650|651)/, lengths: [16] },
  { name: 'UATP', first: /^1/, lengths: [15] },
];

/** Tells whether the check digit of a number is right. */
export const isLuhn = (digits: string): boolean => {
  let sum = 0;
  for (let i = digits.length - 1, twice = false; i >= 0; i--, twice = !twice) {
    const digit = digits.charCodeAt(i) - 48;
    sum += twice ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit;
  }
  return sum % 10 === 0;
};

/** Tells the issuer of a card number whose check digit is right, or `undefined`. */
export const cardIssuer = (digits: string): string | undefined =>
  new Set(digits).size < 2 || !isLuhn(digits) ? undefined : ISSUERS.find((issuer) => issuer.lengths.includes(digits.length) && issuer.first.test(digits))?.name;

/** Tells whether nine digits can be a social security number. @source https://www.ssa.gov/employer/randomization.html */
export const isSsn = (digits: string): boolean =>
  /^(?!000|666|9)\d{3}(?!00)\d{2}(?!0000)\d{4}$/.test(digits) && digits !== '078051120' && !/^(\d)\1+$/.test(digits);

const groupsOf = (chain: string, at: number): readonly Group[] => {
  const groups: Group[] = [];
  let start = 0;
  for (let i = 0; i <= chain.length; i++) {
    const digit = i < chain.length && chain.charCodeAt(i) >= 48 && chain.charCodeAt(i) <= 57;
    if (digit) continue;
    groups.push({ start: at + start, digits: chain.slice(start, i) });
    start = i + 1;
  }
  return groups;
};

const MAX_GROUPS = 5;
/** A card is written in one piece, in fours, or as 4-6-5 and 4-6-4; other cuts are other numbers. */
const isCardCut = (cut: readonly Group[]): boolean =>
  cut.length === 1 ||
  (cut.length >= 3 && cut[0]?.digits.length === 4 && cut.slice(0, -1).every((group) => group.digits.length === 4 || group.digits.length === 6));

const FOURS = 4;
// A card, and four digits of a date.
const MAX_WITH_DATE = 5;
const isFour = (group: Group | undefined): boolean => group?.digits.length === FOURS;

/** Tells whether four groups of four stand among more of them that are not cards one after another. */
const isInTable = (groups: readonly Group[], from: number): boolean => {
  let first = from;
  let end = from;
  while (isFour(groups[first - 1])) first--;
  while (isFour(groups[end])) end++;
  return end - first > MAX_WITH_DATE && ((from - first) % FOURS !== 0 || (end - from) % FOURS !== 0);
};

/** The digits behind the point of a number are no card, nor are some cells of a table of numbers. */
const isNumber = (text: string, groups: readonly Group[], from: number, count: number): boolean => {
  if (count === 1) return from > 0 && text.charAt((groups[from]?.start ?? 0) - 1) === '.';
  return count === FOURS && isInTable(groups, from);
};

const cardAt = (text: string, groups: readonly Group[], from: number): { readonly count: number; readonly issuer: string } | undefined => {
  for (let count = Math.min(MAX_GROUPS, groups.length - from); count > 0; count--) {
    const cut = groups.slice(from, from + count);
    if (!isCardCut(cut)) continue;
    const digits = cut.map((group) => group.digits).join('');
    const issuer = digits.length >= 13 && digits.length <= 19 ? cardIssuer(digits) : undefined;
    if (issuer !== undefined) return isNumber(text, groups, from, count) ? undefined : { count, issuer };
  }
  return undefined;
};

const isGrouped = (text: string, groups: readonly Group[], from: number): boolean => {
  const [first, second, third] = groups.slice(from, from + 3);
  if (first?.digits.length !== 3 || second?.digits.length !== 2 || third?.digits.length !== 4) return false;
  return isSsn(first.digits + second.digits + third.digits) && text.charAt(second.start - 1) === text.charAt(third.start - 1);
};

/** Tells whether three groups joined by blanks stand among other numbers, as in a path of an image or a row of a table. */
const isInList = (text: string, groups: readonly Group[], from: number): boolean =>
  text.charAt((groups[from + 1]?.start ?? 0) - 1) === ' ' && (from > 0 || groups.length > from + 3);

/** Gives how many groups from `from` on are nine digits in one piece or two. */
const bareSsn = (groups: readonly Group[], from: number): number => {
  const first = groups[from]?.digits ?? '';
  if (first.length === 9 && isSsn(first)) return 1;
  const two = first + (groups[from + 1]?.digits ?? '');
  return (first.length === 3 || first.length === 5) && isSsn(two) ? 2 : 0;
};

/** Gives how many groups from `from` on are a social security number: 3-2-4 with one kind of joint, or nine digits where that is all there is. */
const ssnAt = (text: string, groups: readonly Group[], from: number, sure: boolean): number => {
  if (isGrouped(text, groups, from) && (sure || !isInList(text, groups, from))) return 3;
  return sure ? bareSsn(groups, from) : 0;
};

const isInsideWord = (text: string, start: number, end: number): boolean =>
  /[A-Za-z0-9_.]/.test(text.charAt(start - 1)) || /[A-Za-z0-9_]/.test(text.charAt(end)) || /[-+]\d|_-/.test(text.slice(Math.max(0, start - 2), start));

const scanGroups = (text: string, groups: readonly Group[], sure: boolean, list: HitList): void => {
  for (let from = 0; from < groups.length; from++) {
    const first = groups[from];
    if (first === undefined) continue;
    const card = cardAt(text, groups, from);
    const count = card?.count ?? ssnAt(text, groups, from, sure);
    const last = groups[from + count - 1];
    if (count === 0 || last === undefined) continue;
    if (card !== undefined) list.add('credit-card', first.start, last.start + last.digits.length, `a card number of ${card.issuer} with a right check digit`);
    else list.add('us-ssn', first.start, last.start + last.digits.length, 'a US social security number');
    from += count - 1;
  }
};

/** Finds card and social security numbers. */
export const digitChains = ({ text }: Subject, list: HitList): void => {
  let sure: boolean | undefined;
  CHAIN.lastIndex = 0;
  for (let match = CHAIN.exec(text); match !== null; match = CHAIN.exec(text)) {
    const [chain] = match;
    if (chain.length > MAX_CHAIN) continue;
    list.tick();
    const ibanEnd = ibanAround(text, match.index, list);
    if (ibanEnd > 0) {
      CHAIN.lastIndex = Math.max(CHAIN.lastIndex, ibanEnd);
      continue;
    }
    if (isInsideWord(text, match.index, match.index + chain.length)) continue;
    // Nine bare digits are a social security number only where nothing else is said, or where it is said.
    sure ??= NUMBERS_ONLY.test(text);
    const said = sure || SSN_WORD.test(text.slice(Math.max(0, match.index - 60), match.index));
    scanGroups(text, groupsOf(chain, match.index), said, list);
  }
};
