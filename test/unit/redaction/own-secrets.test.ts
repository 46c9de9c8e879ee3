import { afterEach, describe, expect, it } from 'vitest';
import { resetDiag, setDiagSink } from '../../../src/base/diag.ts';
import { createRedactor } from '../../../src/redaction/redactor.ts';

const SECRETS = { umlaut: 'Paßwort-91-xyzQ', space: 'Corp pass/word+91x', beyond: 'Zürich€91-🔑-xyz', punctuation: 'a&b"c<d>e\'f=91xyz' } as const;

const unicode = (value: string, digits: (hex: string) => string): string =>
  JSON.stringify(value)
    .slice(1, -1)
    .replace(/[\u0080-\uffff]/g, (unit) => `\\u${digits(unit.charCodeAt(0).toString(16).padStart(4, '0'))}`);
const small = (encoded: string): string => encoded.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase());
const entities = (value: string, radix: 10 | 16): string =>
  Array.from(value, (letter) => (letter > '~' ? `&#${radix === 16 ? 'x' : ''}${(letter.codePointAt(0) ?? 0).toString(radix)};` : letter)).join('');
const allEntities = (value: string): string => Array.from(value, (letter) => `&#${letter.codePointAt(0) ?? 0};`).join('');

const FORMS: Readonly<Record<string, (value: string) => string>> = {
  'JSON in ASCII': (value) => unicode(value, (hex) => hex),
  'JSON in ASCII with capital digits': (value) => unicode(value, (hex) => hex.toUpperCase()),
  'JSON in ASCII within JSON': (value) => JSON.stringify(unicode(value, (hex) => hex)).slice(1, -1),
  'percent in small letters': (value) => small(encodeURIComponent(value)),
  'an address in small letters': (value) => small(encodeURI(value)),
  'a form': (value) => new URLSearchParams({ a: value }).toString().slice(2),
  'a form in small letters': (value) => small(new URLSearchParams({ a: value }).toString().slice(2)),
  'decimal entities': (value) => entities(value, 10),
  'hexadecimal entities': (value) => entities(value, 16),
  'entities throughout': allEntities,
};

describe('a secret of the process', () => {
  for (const [form, write] of Object.entries(FORMS))
    it.each(Object.entries(SECRETS))(`is found as ${form}: %s`, (_, value) => {
      const redactor = createRedactor({ secrets: [value] });
      expect(redactor.text(`see ${write(value)} end`, 'attribute')).toBe('see [REDACTED:own-secret] end');
    });
});

describe('more secrets than are searched for', () => {
  afterEach(() => {
    setDiagSink(undefined);
    resetDiag();
  });

  it('are said to be, once somebody listens', () => {
    const said: string[] = [];
    const redactor = createRedactor({ secrets: Array.from({ length: 515 }, (_, i) => `${i}-Wm4Tj8Vb1Xd6`) });
    setDiagSink({ fault: (_, message) => said.push(message), notice: (cause, message) => said.push(`${cause}: ${message}`) });
    expect(redactor.text('a secret: 7-Wm4Tj8Vb1Xd6', 'diag')).toBe('a secret: [REDACTED:own-secret]');
    redactor.text('another: one', 'diag');
    expect(said).toEqual(['redaction.own_secrets: this process has over 512 secrets; those beyond are not searched for by their values (3 so far)']);
  });
});
