import { describe, expect, it } from 'vitest';
import { DETECTORS } from '../../../src/redaction/detectors/detector-table.ts';
import { TYPED_FORMATS } from '../../../src/redaction/detectors/table.ts';
import { createRedactor } from '../../../src/redaction/redactor.ts';
import { letters } from './sample-keys.ts';

const redactor = createRedactor();
const contexts: readonly ((key: string) => string)[] = [
  (key) => `my key is ${key}. Please help`,
  (key) => `(${key})`,
  (key) => `\`${key}\``,
  (key) => JSON.stringify({ messages: [{ content: `it says ${key}` }] }),
  (key) => `line\\n${key}\\nnext`,
  (key) => `https://api.example.com/v1/models?alt=json&x=${key}&y=1`,
];
const BODY = { alnum: 'alnum', token: 'token', hex: 'hex', upper: 'upper', base64: 'base64', dotted: 'dotted' } as const;

describe('a key known by its first letters', () => {
  it.each(TYPED_FORMATS.map((format) => [`${format.detector} ${format.prefixes[0] ?? ''}`, format] as const))(
    '%s is found in prose, JSON, Markdown and addresses',
    (_, format) => {
      for (const [i, prefix] of format.prefixes.entries()) {
        const key = (format.behind?.[0] ?? '') + prefix + letters(BODY[format.body], Math.max(format.min, 12), i + 7);
        for (const context of contexts) {
          const text = context(key);
          const out = redactor.text(text, 'event');
          expect(out).not.toContain(key.slice(-10));
        }
      }
    },
  );

  it('leaves no more of a long key than of a short one', () => {
    const key = `sk-ant-api03-${letters('token', 400)}`;
    expect(redactor.text(`x ${key} y`, 'event')).toBe('x [REDACTED:anthropic-key] y');
  });

  it('is not seen in the first letters alone', () => {
    for (const text of [
      'sk-ant-',
      'the sk-spinner-circle-fade animation',
      'xoxb-',
      'AKIA',
      'AIza',
      'glpat- tokens',
      'hf_hub_download',
      'npm_config_registry',
      'key_name',
    ])
      expect(redactor.text(text, 'event')).toBe(text);
  });
});

describe('first letters of keys, repeated in one long run', () => {
  const bestMs = (unit: string): number => {
    let best = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 8; round++) {
      const text = `${unit.repeat(Math.ceil(100_000 / unit.length))}${round}`;
      const startedAt = performance.now();
      redactor.find(text);
      best = Math.min(best, performance.now() - startedAt);
    }
    return best;
  };

  it.each(['sk-', 'sk-sk_', 'pk_', 'live_', 'A3-'])('%s takes no longer than other words', (unit) => {
    expect(bestMs(unit)).toBeLessThan(12 * bestMs('ab-'));
  });

  it('hide no key that stands among them', () => {
    const key = `sk-ant-api03-${letters('token', 93, 3)}AA`;
    expect(redactor.text(`${'sk-'.repeat(5)}${key}`, 'event')).not.toContain(key.slice(30));
    expect(redactor.text(`${'sk-'.repeat(500)} ${key}`, 'event')).toBe(`${'sk-'.repeat(500)} [REDACTED:anthropic-key]`);
  });
});

describe('the table of detectors', () => {
  it('has a name, a source and a way for each, and no name twice', () => {
    const names = DETECTORS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const detector of DETECTORS) {
      expect(detector.name).toMatch(/^[a-z0-9-]{2,40}$/);
      expect(detector.source.length).toBeGreaterThan(3);
      expect(detector.how.length).toBeGreaterThan(2);
    }
  });
});
