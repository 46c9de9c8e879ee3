import { assert, constantFrom, property, string, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TYPED_FORMATS } from '../../../src/redaction/detectors/table.ts';
import { isPlainlyClean } from '../../../src/redaction/engine/plainly-clean.ts';
import { createRedactor } from '../../../src/redaction/redactor.ts';
import { letters } from './sample-keys.ts';

const redactor = createRedactor();
const plain = string({ unit: constantFrom(...'abcXYZ0123456789_-./+,sgkeyJAIGB'.split('')), maxLength: 90 });

describe('the quick look at short texts', () => {
  it('never calls clean what the scan finds something in', () => {
    assert(
      property(plain, (text) => {
        expect(isPlainlyClean(text) && redactor.find(text).length > 0).toBe(false);
      }),
      { numRuns: 5000 },
    );
    const keys = TYPED_FORMATS.flatMap((format) =>
      format.prefixes.map((prefix) => (format.behind?.[0] ?? '') + prefix + letters(format.body, Math.max(format.min, 12), 3)),
    );
    assert(
      property(tuple(plain, constantFrom('', '_', '-', '.', '/', ','), constantFrom(...keys), constantFrom('', '.', ',')), ([before, joint, key, after]) => {
        const text = before + joint + key + after;
        expect(isPlainlyClean(text) && redactor.find(text).length > 0).toBe(false);
      }),
      { numRuns: 5000 },
    );
  });

  it('knows what spans are full of', () => {
    for (const text of ['gpt-5.2', 'chat', 'openai', '7.55.0', 'production', 'chatcmpl-DlHDybNEZpBw2CZwatmJZMT2', 'stop', 'msg_01XFDUDYJgAACzvnptvVoYEL'])
      expect(isPlainlyClean(text)).toBe(true);
  });

  it('leaves anything with a structure to the scan', () => {
    for (const text of ['a=b', 'a b', 'a:b', 'a@b', 'é', '"x"', 'a%20b', 'AKIAIOSFODNN7ABCDEFG', '4111-1111-1111-1111', 'DE89370400440532013000'])
      expect(isPlainlyClean(text)).toBe(false);
  });
});
