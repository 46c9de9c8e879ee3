import { describe, expect, it } from 'vitest';
import { cardIssuer, isLuhn, isSsn } from '../../../src/redaction/engine/digit-chains.ts';
import { isIban } from '../../../src/redaction/engine/iban.ts';
import { createRedactor } from '../../../src/redaction/redactor.ts';

const redactor = createRedactor();
const clean = (text: string): string => redactor.text(text, 'content');
const open = createRedactor({ modes: { content: 'redact' } });

describe('personal data', () => {
  it('is found by form and check digit', () => {
    expect(open.text('mail jane.k@mail.example.co.uk now', 'content')).toBe('mail [REDACTED:email] now');
    expect(open.text('card 4111 1111 1111 1111 exp 12/29', 'content')).toBe('card [REDACTED:credit-card] exp 12/29');
    expect(open.text('4111 1111 1111 1111 1227', 'content')).toBe('[REDACTED:credit-card] 1227');
    expect(open.text('4111 1111 1111 1111 5500 0000 0000 0004', 'content')).toBe('[REDACTED:credit-card] [REDACTED:credit-card]');
    expect(open.text('card 3782-822463-10005.', 'content')).toBe('card [REDACTED:credit-card].');
    expect(open.text('pay to GB29 NWBK 6016 1331 9268 19 today', 'content')).toBe('pay to [REDACTED:iban] today');
    expect(open.text('my SSN is 536-22-1234 ok', 'content')).toBe('my SSN is [REDACTED:us-ssn] ok');
    expect(open.text('social security 536221234', 'content')).toBe('social security [REDACTED:us-ssn]');
  });

  it.each(['\u00a0', '\u202f', '\u2009'])('is found in groups with blanks that break no line between them: %j', (blank) => {
    expect(open.text(`card ${['4111', '1111', '1111', '1111'].join(blank)} exp`, 'content')).toBe('card [REDACTED:credit-card] exp');
    expect(open.text(`SSN ${['536', '22', '1234'].join(blank)}`, 'content')).toBe('SSN [REDACTED:us-ssn]');
  });

  it('is found as an account number in small letters, where it has but digits behind its country', () => {
    expect(open.text('iban de89370400440532013000.', 'content')).toBe('iban [REDACTED:iban].');
    expect(open.text('iban de89 3704 0044 0532 0130 00 ok', 'content')).toBe('iban [REDACTED:iban] ok');
    for (const text of ['iban de89370400440532013001.', 'id ade89370400440532013000', 'id de89370400440532013000a'])
      expect(open.text(text, 'content')).toBe(text);
  });

  it('is found as an account number in any groups, and in small letters with letters among them where it is said', () => {
    for (const text of [
      'DE89\u00a03704\u00a00044\u00a00532\u00a00130\u00a000',
      'DE89.3704.0044.0532.0130.00',
      'DE 89370400440532013000',
      'GB29.NWBK.6016.1331.9268.19',
    ])
      expect(open.text(`pay ${text} now`, 'content')).toBe('pay [REDACTED:iban] now');
    expect(open.text('iban: nl91abna0417164300', 'content')).toBe('iban: [REDACTED:iban]');
    expect(open.text('id nl91abna0417164300', 'content')).toBe('id nl91abna0417164300');
  });

  it('is found as an address of RFC 6531, with letters of other languages', () => {
    expect(open.text('an müller@bücher.example, danke', 'content')).toBe('an [REDACTED:email], danke');
  });

  it('is not seen in numbers with a point, in paths of images and in names of blocks', () => {
    for (const text of [
      '{"relevance_score": 0.4111111111111111, "x": -0.102760910987854}',
      'C2259.671875,1452.5,2104.4049479166665,1243.07',
      'part-01091. blk_-4111111111111111110',
      'M13 123 13 3567 45 l4 89 17 234 20 1155',
      '5230 5231 5232 5233 5234 5235 5236 5237 5238',
    ])
      expect(open.text(text, 'content')).toBe(text);
  });

  it('is found behind escapes of JSON within JSON', () => {
    for (const backslashes of ['\\', '\\\\', '\\\\\\\\'])
      expect(open.text(`mail jane.k${backslashes}u0040example.com now`, 'content')).toBe('mail [REDACTED:email] now');
  });

  it('is not seen where the check fails or the form is another', () => {
    for (const text of [
      '4111 1111 1111 1112',
      'order 536221234 shipped',
      '666-22-1234',
      'GB29 NWBK 6016 1331 9268 18',
      'version 2026-11-20',
      'a@b',
      'x 1234567890123 y',
    ])
      expect(open.text(text, 'content')).toBe(text);
  });

  it('knows the checks themselves', () => {
    expect(isLuhn('79927398713')).toBe(true);
    expect(isLuhn('79927398710')).toBe(false);
    expect(cardIssuer('6011000400000000')).toBe('Discover');
    expect(cardIssuer('9999999999999995')).toBeUndefined();
    expect(isSsn('078051120')).toBe(false);
    expect(isSsn('219456789')).toBe(true);
    expect(isIban('DE89370400440532013000')).toBe(true);
    expect(isIban('DE89370400440532013001')).toBe(false);
  });

  it('has phone numbers and addresses of the Internet off until they are asked for', () => {
    const text = 'call +49 30 901820 from 192.168.1.17 please';
    expect(open.text(text, 'content')).toBe(text);
    const all = createRedactor({ modes: { content: 'redact' }, detectors: { on: ['phone', 'ip-address'] } });
    expect(all.text(text, 'content')).toBe('call [REDACTED:phone] from [REDACTED:ip-address] please');
  });

  it('stays with content that is not captured at all unless asked for', () => {
    expect(clean('anything')).toBe('');
  });
});
