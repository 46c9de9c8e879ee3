import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../../src/redaction/redactor.ts';
import { letters } from './sample-keys.ts';

const redactor = createRedactor();
const clean = (text: string): string => redactor.text(text, 'event');
const KEY = `sk-proj-${letters('alnum', 40, 3)}`;
const PARTS = [
  KEY,
  letters('alnum', 24, 5),
  'jo@example.com',
  'https://jo:hunter22x@db.example.com/shop',
  '4111 1111 1111 1111',
  'DE89370400440532013000',
  'password',
  'password: ',
  'api_key',
  'secret=',
  '--password hunter22x',
  'curl -u jo:hunter22x ',
  'sv=2026-01-01&sig=aB3dE5fG7h',
  'Authorization: Bearer ',
  '"password":"hunter22!x"',
  '\\"token\\": ',
  '"',
  '\\',
  '\n',
  '\t',
  '\u001b[31m',
  ' ',
  '{',
  ']',
  ',',
  ':',
  '=',
  'é',
];

describe('escapes around a secret', () => {
  it.each([
    ['the letter of a line break before a mail address', String.raw`{"note":"write to\njo@example.com"}`, String.raw`{"note":"write to\n[REDACTED:email]"}`],
    ['a letter as a code before it', String.raw`{"note":"\u00e9jo@example.com"}`, String.raw`{"note":"\u00e9[REDACTED:email]"}`],
    ['an escaped quote behind a flag', String.raw`{"run":"\"--password hunter22x\""}`, String.raw`{"run":"\"--password [REDACTED:argv-flag]\""}`],
    ['an escaped quote inside of a password', String.raw`{"password":"hunt\"er22!x"}`, '{"password":"[REDACTED:password]"}'],
    ['two levels of escapes', String.raw`{\\\"password\\\":\\\"hunter22!x\\\"}`, String.raw`{\\\"password\\\":\\\"[REDACTED:password]\\\"}`],
  ])('%s stay whole', (_, text, expected) => {
    expect(clean(text)).toBe(expected);
  });

  it.each([1, 2, 3, 4, 5])('hide no secret that was put into JSON %i times', (times) => {
    const secrets = { apiKey: letters('alnum', 24, 7), password: 'hunter22!x', header: ['x-api-key', letters('alnum', 24, 9)] };
    let text: unknown = secrets;
    for (let time = 0; time < times; time++) text = JSON.stringify(text);
    const cleaned = clean(String(text));
    for (const secret of [secrets.apiKey, secrets.password, ...secrets.header.slice(1)]) expect(cleaned).not.toContain(secret);
  });

  it('keep the text JSON', () => {
    const text = fc.array(fc.constantFrom(...PARTS), { minLength: 1, maxLength: 6 }).map((parts) => parts.join(''));
    const value = fc.oneof(text, fc.dictionary(fc.constantFrom('a', 'password', 'apiKey', 'note', 'value'), text));
    fc.assert(
      fc.property(value, fc.boolean(), (said, twice) => {
        const json = JSON.stringify(said);
        expect(() => void JSON.parse(clean(twice ? JSON.stringify({ json }) : json))).not.toThrow();
      }),
      { numRuns: 5000 },
    );
  });
});
