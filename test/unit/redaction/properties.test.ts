import { array, assert, constantFrom, integer, oneof, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../../src/redaction/redactor.ts';
import { anthropicKey, awsKey, githubKey, letters, openaiKey } from './sample-keys.ts';

const own = `Own+${letters('alnum', 20, 77)}/=`;
const redactor = createRedactor({ secrets: [own] });
const clean = (text: string): string => redactor.text(text, 'event');

const secret = constantFrom(anthropicKey(11), openaiKey(11), githubKey(11), awsKey(11), own);
const word = constantFrom(
  'the',
  'token',
  'password',
  'is',
  'key',
  '=',
  ':',
  '"',
  '\\n',
  '\n',
  '{"a":',
  '}',
  '://',
  '@',
  '?',
  '&',
  '%20',
  '%2D',
  '&amp;',
  'eyJ',
  '-----BEGIN',
  'é',
  '鍵',
  '🔑',
  '-',
  '_',
  '.',
  '/',
  '123',
  '4111',
  'Bearer',
);
const noise = oneof(
  string({ maxLength: 40 }),
  string({ unit: 'grapheme', maxLength: 20 }),
  array(word, { maxLength: 12 }).map((words) => words.join(' ')),
  array(word, { maxLength: 12 }).map((words) => words.join('')),
);
// Letters and digits directly beside a key make it another word.
const apart = constantFrom(' ', '"', '\n', '(', ')', ',', '=', ':', ' -> ', '`', '<', '>', '&', ';');
const nestings: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => JSON.stringify({ messages: [{ role: 'user', content: text }] }),
  (text) => JSON.stringify(JSON.stringify({ a: text })),
  (text) => JSON.stringify(JSON.stringify(JSON.stringify([text]))),
  (text) => `https://example.com/?q=${encodeURIComponent(text)}`,
  (text) => `<p>${text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)}</p>`,
  (text) => `body: ${Buffer.from(`some words before: ${text}`).toString('base64')}`,
];

describe('for any text', () => {
  it('redacting twice changes nothing more', () => {
    assert(
      property(array(oneof(noise, secret, apart), { maxLength: 8 }), (parts) => {
        const once = clean(parts.join(''));
        expect(clean(once)).toBe(once);
      }),
      { numRuns: 1500 },
    );
  });

  it('that holds no secret, the same string comes back', () => {
    const plain = array(
      constantFrom(
        'the',
        'quick',
        'brown',
        'fox',
        'jumps',
        'over',
        'lazy',
        'dogs',
        'request',
        'response',
        'model',
        '42',
        '3.14',
        'utils.ts',
        'getValue()',
        '\n',
        ', ',
        '. ',
      ),
      { maxLength: 60 },
    );
    assert(
      property(plain, (words) => {
        const text = words.join(' ');
        expect(clean(text)).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  it('a planted secret never survives, at any offset and in any nesting', () => {
    assert(
      property(noise, apart, secret, apart, noise, constantFrom(...nestings), (before, left, key, right, after, nest) => {
        const out = clean(nest(`${before}${left}${key}${right}${after}`));
        expect(out).not.toContain(key);
        expect(out).not.toContain(key.slice(0, Math.floor(key.length / 2)));
        expect(out).not.toContain(key.slice(-Math.floor(key.length / 2)));
      }),
      { numRuns: 2000 },
    );
  });

  it('a secret cut into chunks is gone from the text put together again', () => {
    assert(
      property(secret, array(integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 40 }), noise, (key, sizes, before) => {
        const whole = `${before} ${key} end`;
        const chunks: string[] = [];
        for (let at = 0, i = 0; at < whole.length; i++) {
          const size = sizes[i % sizes.length] ?? 1;
          chunks.push(whole.slice(at, at + size));
          at += size;
        }
        expect(clean(chunks.join(''))).not.toContain(key);
      }),
      { numRuns: 300 },
    );
  });

  it('findings lie inside the text, in order, without overlap', () => {
    assert(
      property(array(oneof(noise, secret, apart), { maxLength: 8 }), (parts) => {
        const text = parts.join('');
        let last = 0;
        for (const { start, end } of redactor.find(text)) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          last = end;
        }
        expect(last).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 500 },
    );
  });
});
