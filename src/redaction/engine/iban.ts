import type { HitList } from './hits.ts';

/** Lengths of account numbers by country. @source https://www.swift.com/standards/data-standards/iban (IBAN registry, release 99) */
const LENGTHS = new Map(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 ' +
    'HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 ' +
    'QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((row) => [row.slice(0, 2), Number(row.slice(2))] as const),
);
const SIGNS = Uint8Array.from({ length: 128 }, (_, code) => (/[A-Z0-9]/.test(String.fromCharCode(code)) ? 1 : 0));
const MAX_WRITTEN = 60;
const WORD = /[A-Za-z0-9]/;
const FIRST_LETTER = 65;
const FIRST_DIGIT = 48;

/** Tells whether an account number has the length of its country and a right check (ISO 7064 mod 97). */
export const isIban = (compact: string): boolean => {
  if (LENGTHS.get(compact.slice(0, 2)) !== compact.length) return false;
  let rest = 0;
  // The first four signs count as the last; a letter stands for two digits.
  for (let i = 0; i < compact.length; i++) {
    const code = compact.charCodeAt((i + 4) % compact.length);
    rest = code >= FIRST_LETTER ? (rest * 100 + code - FIRST_LETTER + 10) % 97 : (rest * 10 + code - FIRST_DIGIT) % 97;
  }
  return rest === 1;
};

/** Gives the account number that begins at `start` when only the length of its country counts, and where it ends. */
const compactedAt = (text: string, start: number, wanted: number): { readonly compact: string; readonly end: number } | undefined => {
  let compact = '';
  for (let at = start; at < text.length && at - start < MAX_WRITTEN; at++) {
    const char = text.charAt(at);
    if (char === ' ' || char === '-' || char === '\u00a0' || char === '.') continue;
    if (SIGNS[text.charCodeAt(at)] !== 1) return undefined;
    compact += char;
    if (compact.length === wanted) return { compact, end: at + 1 };
  }
  return undefined;
};

/** Notes the account number that begins at `start`, if one does. Gives where it ends, or 0. */
export const ibanAt = (text: string, start: number, list: HitList): number => {
  const wanted = LENGTHS.get(text.slice(start, start + 2));
  if (wanted === undefined || WORD.test(text.charAt(start - 1))) return 0;
  const found = compactedAt(text, start, wanted);
  if (found === undefined || WORD.test(text.charAt(found.end)) || !isIban(found.compact)) return 0;
  list.add('iban', start, found.end, 'a bank account number with a right check');
  return found.end;
};

const DIGITS = /^\d+$/;

/** The same of a number in small letters; only of countries whose numbers have no other letters, since identifiers in hex look like the rest. */
const smallIbanAt = (text: string, start: number, list: HitList): number => {
  const country = text.slice(start, start + 2).toUpperCase();
  const wanted = LENGTHS.get(country);
  const found = wanted === undefined ? undefined : compactedAt(text, start + 2, wanted - 2);
  if (found === undefined || !DIGITS.test(found.compact) || WORD.test(text.charAt(found.end)) || !isIban(country + found.compact)) return 0;
  list.add('iban', start, found.end, 'a bank account number with a right check');
  return found.end;
};

const MAX_OPENING = 24;
// What may stand before the first long digits of a number that is written in groups: "GB29 NWBK ".
const OPENING = /(?:^|[^A-Za-z0-9])([A-Z]{2}(?:\d{2}(?:[ \u00a0.-]?[A-Z0-9]{1,4}){0,4})?[ \u00a0.-]?)$/;

const SMALL_OPENING = /(?:^|[^A-Za-z0-9])[a-z]{2}$/;
// In small letters a number with letters in it looks like an identifier: it must be said that it is one.
const SAID_SMALL = /\biban\W{1,6}([a-z]{2}\d{2}[a-z0-9]{0,12})$/i;
const MAX_SMALL = 34;

const saidSmallIban = (text: string, start: number, list: HitList): number => {
  const number = /^[a-z0-9]+/i.exec(text.slice(start, start + MAX_SMALL + 1))?.[0] ?? '';
  if (!isIban(number.toUpperCase())) return 0;
  list.add('iban', start, start + number.length, 'a bank account number with a right check');
  return start + number.length;
};

/** Notes the account number, written in groups, of which the chain of digits at `chainStart` is a part. Gives where it ends, or 0. */
export const ibanAround = (text: string, chainStart: number, list: HitList): number => {
  const before = text.slice(Math.max(0, chainStart - MAX_OPENING), chainStart);
  const opening = OPENING.exec(before)?.[1];
  if (opening !== undefined) return ibanAt(text, chainStart - opening.length, list);
  const small = SAID_SMALL.exec(before)?.[1];
  if (small !== undefined) return saidSmallIban(text, chainStart - small.length, list);
  return SMALL_OPENING.test(before) ? smallIbanAt(text, chainStart - 2, list) : 0;
};
