import type { HitList } from './hits.ts';
import type { Subject } from './subject.ts';

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
const CANDIDATE = /[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,40}/g;
const WORD = /[A-Za-z0-9]/;
const SAFE_DIGITS = 7;

/** Tells whether an account number has the length of its country and a right check (ISO 7064 mod 97). */
export const isIban = (compact: string): boolean => {
  if (LENGTHS.get(compact.slice(0, 2)) !== compact.length) return false;
  const moved = compact.slice(4) + compact.slice(0, 4);
  const digits = moved.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));
  let rest = 0;
  for (let i = 0; i < digits.length; i += SAFE_DIGITS) rest = Number(`${rest}${digits.slice(i, i + SAFE_DIGITS)}`) % 97;
  return rest === 1;
};

/** Gives how far a candidate reaches when only the length of its country counts, and its characters without joints. */
const compacted = (raw: string, wanted: number): { readonly compact: string; readonly end: number } => {
  let compact = '';
  for (let i = 0; i < raw.length; i++) {
    const char = raw.charAt(i);
    if (char !== ' ' && char !== '-') compact += char;
    if (compact.length === wanted) return { compact, end: i + 1 };
  }
  return { compact, end: raw.length };
};

/** Finds international bank account numbers. */
export const ibans = ({ text }: Subject, list: HitList): void => {
  CANDIDATE.lastIndex = 0;
  for (let match = CANDIDATE.exec(text); match !== null; match = CANDIDATE.exec(text)) {
    list.tick();
    const wanted = LENGTHS.get(match[0].slice(0, 2));
    CANDIDATE.lastIndex = match.index + 2;
    if (wanted === undefined || WORD.test(text.charAt(match.index - 1))) continue;
    const { compact, end } = compacted(match[0], wanted);
    if (WORD.test(text.charAt(match.index + end)) || !isIban(compact)) continue;
    list.add('iban', match.index, match.index + end, 'a bank account number with a right check');
    CANDIDATE.lastIndex = match.index + end;
  }
};
