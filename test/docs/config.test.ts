import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OPTION_ROWS, OPTIONS } from '../../src/config/options.ts';
import { configDoc, configSchema } from '../../tools/docs/config.ts';
import { loadText } from '../unit/config/memory-files.ts';

const validate = new Ajv({ allowUnionTypes: true, strict: true }).compile(configSchema());

type Row = (typeof OPTION_ROWS)[number];

// An editor can neither look into the file that is named, nor split a text into members, nor add up `1h30m`.
const isBeyondEditors = ([key, { kind }]: Row, value: unknown): boolean =>
  key === 'pricing.file' || (typeof value === 'string' && ['list', 'record', 'duration'].includes(kind));

const agree = (row: Row, value: unknown): boolean => {
  const tree = row[0].split('.').reduceRight<unknown>((inner, part) => ({ [part]: inner }), value);
  return isBeyondEditors(row, value) || !validate(tree) || loadText(JSON.stringify(tree), {}, 'json').problems.length === 0;
};

describe('docs/CONFIG.md and the JSON Schema', () => {
  it('are what the table of options says', () => {
    expect(readFileSync('docs/CONFIG.md', 'utf8')).toBe(configDoc());
    expect(readFileSync('schema/purser.schema.json', 'utf8')).toBe(`${JSON.stringify(configSchema(), null, 2)}\n`);
  });

  it('have a row for every option, and none for an option that is not there', () => {
    const rows = [...readFileSync('docs/CONFIG.md', 'utf8').matchAll(/^\| `([\w.]+)` \|/gm)].map(([, key]) => key);
    expect(new Set(rows)).toEqual(new Set(Object.keys(OPTIONS)));
    expect(rows).toHaveLength(Object.keys(OPTIONS).length);
  });

  it('describe every option in one sentence', () => {
    const wrong = OPTION_ROWS.filter(([, option]) => !/^[A-Z].{10,260}\.$/s.test(option.doc)).map(([key]) => key);
    expect(wrong).toEqual([]);
  });

  it('never accept in the editor what the loader would refuse', () => {
    const words = fc.constantFrom<unknown>(
      true,
      false,
      0,
      1,
      -1,
      1.5,
      70_000,
      '2s',
      'latest',
      'redis',
      'content',
      'http://a',
      [],
      ['otlp'],
      [1],
      {},
      { content: 'drop' },
      { a: 'b' },
      { a: { b: 1 } },
    );
    expect(() => fc.assert(fc.property(fc.constantFrom(...OPTION_ROWS), words, agree), { numRuns: 3_000 })).not.toThrow();
  });

  it.each([{ lables: {} }, { labels: { tem: 'x' } }, { store: { kind: 'mysql' } }, { shutdown: { timeout_ms: 'soon' } }, { prometheus: { port: 99_999 } }])(
    'refuse %j',
    (tree) => {
      expect(validate(tree)).toBe(false);
    },
  );

  it.each([
    { labels: { team: '${TEAM}' } },
    { shutdown: { timeout_ms: '1h30m' } },
    { redaction: { modes: { content: 'drop' } } },
    { budgets: [{ id: 'a' }] },
    { prometheus: { port: '${PORT}' } },
  ])('accept %j', (tree) => {
    validate(tree);
    expect(validate.errors).toBeNull();
  });
});
