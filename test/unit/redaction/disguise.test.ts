import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../../src/redaction/redactor.ts';
import { anthropicKey, awsKey, githubKey, letters, openaiKey } from './sample-keys.ts';

const each = (text: string, by: (char: string) => string): string => Array.from(text, by).join('');
const code = (char: string): number => char.charCodeAt(0);
const joiners = (key: string, by: (char: string) => string): string => key.replace(/[-_]/g, by);
const wrapped = (text: string, width: number, by: string): string => text.replace(new RegExp(`(.{${width}})`, 'g'), `$1${by}`);

const FORMS: Readonly<Record<string, (key: string) => string>> = {
  'zero-width signs': (key) => Array.from(key).join('\u200b'),
  'a soft hyphen': (key) => `${key.slice(0, 9)}\u00ad${key.slice(9)}`,
  'full-width letters': (key) => each(key, (char) => String.fromCharCode(code(char) + 0xfee0)),
  'percent signs for joiners': (key) => joiners(key, (char) => `%${code(char).toString(16)}`),
  'percent signs for all': (key) => each(key, (char) => `%${code(char).toString(16)}`),
  'percent signs twice': (key) => encodeURIComponent(each(key, (char) => `%${code(char).toString(16)}`)),
  '\\u escapes': (key) => joiners(key, (char) => `\\u00${code(char).toString(16)}`),
  '\\u escapes for all': (key) => each(key, (char) => `\\u00${code(char).toString(16)}`),
  '\\x escapes': (key) => each(key, (char) => `\\x${code(char).toString(16)}`),
  'HTML entities': (key) => joiners(key, (char) => `&#${code(char)};`),
  'HTML entities in hex for all': (key) => each(key, (char) => `&#x${code(char).toString(16)};`),
  base64: (key) => Buffer.from(key).toString('base64'),
  'base64 of JSON': (key) => Buffer.from(JSON.stringify({ headers: { 'x-api-key': key } })).toString('base64'),
  base64url: (key) => Buffer.from(`key=${key}`).toString('base64url'),
  'base64 twice': (key) => Buffer.from(Buffer.from(key).toString('base64')).toString('base64'),
  hex: (key) => Buffer.from(key).toString('hex'),
  'Basic credentials': (key) => `Authorization: Basic ${Buffer.from(`user:${key}`).toString('base64')}`,
  'lines of 40': (key) => wrapped(`token = "${key}"`, 40, '\n'),
  'lines of 20, indented': (key) => wrapped(key, 20, '\n    '),
  'lines of 24 in a quoted mail': (key) => wrapped(`> ${key}`, 24, '\n> '),
  'escaped line ends': (key) => wrapped(key, 20, '\\n'),
  'a color of a terminal': (key) => `\u001b[1;31m${key}\u001b[0m`,
  'a color of a terminal in JSON': (key) => `\\u001b[31m${key}\\u001b[0m`,
  'Japanese around it': (key) => `キー${key}です`,
  'an emoji before it': (key) => `🔑${key}🔑`,
};
const KEYS = { anthropic: anthropicKey(3), openai: openaiKey(3), github: githubKey(3), aws: awsKey(3) };

describe('a disguised secret', () => {
  const redactor = createRedactor();
  it.each(Object.entries(FORMS))('is seen through %s', (_, form) => {
    for (const key of Object.values(KEYS)) {
      const out = redactor.text(`before ${form(key)} after`, 'event');
      expect(out).toContain('[REDACTED:');
      expect(out.startsWith('before ')).toBe(true);
      expect(out.endsWith(' after')).toBe(true);
      expect(out).not.toContain(form(key).slice(-8));
      expect(out).not.toContain(form(key).slice(0, 24));
    }
  });

  it('leaves innocent text in the same forms alone', () => {
    for (const text of [
      '50%25 of caf%C3%A9 users',
      'a &amp; b &lt;c&gt;',
      'path\\/to\\/file',
      'a\u200bb',
      '１２３ＡＢＣ',
      Buffer.from('just a plain sentence of words').toString('base64'),
      'one line\nanother line\n',
    ])
      expect(redactor.text(text, 'event')).toBe(text);
  });
});

describe('a secret of this process', () => {
  const secret = `p@ss/${letters('alnum', 14, 9)} "q"`;
  const redactor = createRedactor({ secrets: [{ name: 'DB_PASSWORD', value: secret }] });
  const forms: Readonly<Record<string, string>> = {
    plain: secret,
    encodeURIComponent: encodeURIComponent(secret),
    'percent for all': each(secret, (char) => `%${code(char).toString(16).padStart(2, '0')}`),
    hex: Buffer.from(secret).toString('hex'),
    HEX: Buffer.from(secret).toString('hex').toUpperCase(),
    JSON: JSON.stringify(secret).slice(1, -1),
    'JSON in JSON': JSON.stringify(JSON.stringify(secret)).slice(3, -3),
    HTML: secret.replace(/"/g, '&quot;'),
    base64: Buffer.from(secret).toString('base64'),
    'base64 behind one letter': Buffer.from(`x${secret}`).toString('base64'),
    'base64 behind two letters': Buffer.from(`xy${secret} and more`).toString('base64url'),
    'zero-width': Array.from(secret).join('\u200b'),
    'full-width': each(secret, (char) => (char === ' ' ? char : String.fromCharCode(code(char) + 0xfee0))),
  };
  it.each(Object.entries(forms))('is removed exactly: %s', (_, form) => {
    const out = redactor.text(`glued${form}glued`, 'event');
    expect(out).toContain('[REDACTED:');
    expect(out).not.toContain(form.slice(4, -4));
  });

  it('is removed in any letters of any script, and when it is learned later', () => {
    const later = createRedactor();
    const word = 'пароль-дня-42';
    expect(later.text(`x ${word} y`, 'event')).toContain(word);
    later.learnSecret(word);
    expect(later.text(`x ${word} y`, 'event')).toBe('x [REDACTED:own-secret] y');
    expect(later.text(`x ${encodeURIComponent(word)} y`, 'event')).not.toContain(encodeURIComponent(word));
  });

  it('is not learned when it is too short or a common word', () => {
    const later = createRedactor({ secrets: ['short', 'postgres'] });
    expect(later.text('short postgres texts', 'event')).toBe('short postgres texts');
  });
});
