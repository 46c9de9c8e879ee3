import * as fc from 'fast-check';
import { stringify } from 'yaml';
import { describe, expect, it } from 'vitest';
import type { LoadedConfig } from '../../../src/config/load.ts';
import type { Option } from '../../../src/config/option.ts';
import { envName, OPTION_ROWS, OPTIONS, type OptionKey } from '../../../src/config/options.ts';
import { anyCharacter } from '../../support/any-character.ts';
import { loadEnv, loadText } from './memory-files.ts';

const KEYS = Object.keys(OPTIONS) as OptionKey[];
const GROUPS = [...new Set(KEYS.flatMap((key) => (key.includes('.') ? [key.slice(0, key.lastIndexOf('.'))] : [])))];

const FITS: Readonly<Record<Option['kind'], (value: unknown, option: Option) => boolean>> = {
  boolean: (value) => typeof value === 'boolean',
  integer: (value, option) => Number.isSafeInteger(value) && Number(value) >= (option.min ?? 0) && Number(value) <= (option.max ?? Infinity),
  number: (value, option) => Number.isFinite(value) && Number(value) >= (option.min ?? 0) && Number(value) <= (option.max ?? Infinity),
  duration: (value, option) => Number.isFinite(value) && Number(value) >= (option.min ?? 0) && Number(value) <= (option.max ?? Infinity),
  string: (value) => typeof value === 'string',
  url: (value) => typeof value === 'string' && URL.canParse(value),
  path: (value) => typeof value === 'string' && value.startsWith('/'),
  enum: (value, option) => option.values?.includes(String(value)) === true,
  list: (value, option) => Array.isArray(value) && value.every((member) => typeof member === 'string' && (option.values?.includes(member) ?? true)),
  record: (value) => typeof value === 'object' && value !== null && Object.values(value).every((member) => typeof member === 'string'),
  structured: (value) => typeof value === 'object' && value !== null && 'locate' in value,
};

const unsound = ({ values, problems }: LoadedConfig): readonly string[] => [
  ...OPTION_ROWS.flatMap(([key, option]) => {
    const value = values.get(key);
    const unset = value === undefined && option.default === undefined;
    return unset || FITS[option.kind](value, option) ? [] : [`${key} became ${String(value)}`];
  }),
  ...problems.flatMap(({ key, message }) => (message.includes(key) && /[.?]$|\)$/.test(message) ? [] : [`no sentence with its key: ${message}`])),
];

/** Holds for every result, whatever went in. */
const expectSound = (loaded: LoadedConfig): void => {
  const faults = unsound(loaded);
  if (faults.length > 0) expect(faults).toEqual([]);
};

const mangled = fc.constantFrom(...KEYS).chain((key) => fc.nat(key.length).map((at) => `${key.slice(0, at)}${key.slice(at + 1)}`));
const anyKey = fc.oneof(
  fc.constantFrom(...KEYS),
  fc.constantFrom(...GROUPS),
  mangled,
  fc.string(),
  fc.constantFrom('__proto__', 'constructor', 'toString', ''),
);
const anyTree = fc.dictionary(anyKey, fc.oneof(fc.jsonValue({ maxDepth: 4 }), fc.dictionary(anyKey, fc.jsonValue({ maxDepth: 3 }))), { maxKeys: 8 });

// No kind of option takes any of these.
const wrongFor = (option: Option): fc.Arbitrary<unknown> => {
  const never = fc.constantFrom<unknown>({ a: { b: 1 } }, [[[]]], [{ x: null }]);
  if (option.kind === 'structured') return fc.constantFrom<unknown>('words', 7, true);
  if (option.kind === 'record') return fc.constantFrom<unknown>('no pair', 7, ['a'], { a: { b: 1 } });
  if (option.kind === 'list')
    return option.values === undefined
      ? fc.constantFrom<unknown>(7, true, { a: 1 }, [{ x: 1 }])
      : fc.constantFrom<unknown>(7, 'nowhere', ['nowhere'], { a: 1 });
  if (option.kind === 'string' || option.kind === 'path') return never;
  return fc.oneof(never, fc.constantFrom<unknown>('certainly not', '-', '✗', -1.5));
};

const wrongOption = fc.constantFrom(...OPTION_ROWS).chain(([key, option]) => fc.tuple(fc.constant(key), fc.constant(option), wrongFor(option)));

const nest = (key: string, value: unknown): unknown => key.split('.').reduceRight<unknown>((inner, part) => ({ [part]: inner }), value);

// Long when the machine is busy with other things.
describe('ten thousand malformed configurations', { timeout: 120_000 }, () => {
  it('of known and unknown keys with any values: never a throw, always sound values and sentences', () => {
    expect(() =>
      fc.assert(
        fc.property(anyTree, (tree) => expectSound(loadText(JSON.stringify(tree), {}, 'json'))),
        { numRuns: 4_000 },
      ),
    ).not.toThrow();
  });

  it('with one wrong value: a sentence that names its key, and the default holds', () => {
    fc.assert(
      fc.property(wrongOption, fc.constantFrom('json', 'yaml'), ([key, option, value], ending) => {
        const tree = nest(key, value);
        const loaded = loadText(ending === 'json' ? JSON.stringify(tree) : stringify(tree), {}, ending);
        expectSound(loaded);
        expect(loaded.problems.map((problem) => problem.message).join(' ')).toContain(key);
        expect(loaded.problems[0]?.line).toBeGreaterThan(0);
        expect(loaded.values.get(key)).toEqual(option.default);
      }),
      { numRuns: 3_000 },
    );
  });

  it('in the environment: a sentence that names the variable, and the default holds', () => {
    const row = fc.constantFrom(...OPTION_ROWS.filter(([, { kind }]) => !['string', 'path', 'list'].includes(kind)));
    fc.assert(
      fc.property(row, fc.constantFrom('certainly not', '✗', '{', '[1', '=', '-'), ([key, option], text) => {
        const loaded = loadEnv({ [envName(key, option)]: text });
        expectSound(loaded);
        expect(loaded.problems).toHaveLength(1);
        expect(loaded.problems[0]?.message).toContain(envName(key, option));
        expect(loaded.values.get(key)).toEqual(option.default);
      }),
      { numRuns: 1_500 },
    );
  });

  it('of any text at all: never a throw', () => {
    const lines = fc.array(
      fc.tuple(fc.constantFrom('', '  ', '\t', '- ', '? '), anyKey, fc.constantFrom(': ', ':', ' ', ': &a ', ': *a ', ': !!x '), fc.string()),
      { maxLength: 8 },
    );
    const text = fc.oneof(
      fc.string({ unit: anyCharacter, maxLength: 200 }),
      lines.map((parts) => parts.map((part) => part.join('')).join('\n')),
    );
    expect(() =>
      fc.assert(
        fc.property(text, fc.constantFrom('json', 'yaml'), (content, ending) => expectSound(loadText(content, {}, ending))),
        { numRuns: 1_500 },
      ),
    ).not.toThrow();
  });
});
