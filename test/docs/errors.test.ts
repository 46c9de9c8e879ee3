import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ERRORS } from '../../src/call/errors.ts';
import { errorsDoc } from '../../tools/docs/errors.ts';

describe('docs/ERRORS.md', () => {
  it('is what the table of errors says', () => {
    expect(readFileSync('docs/ERRORS.md', 'utf8')).toBe(errorsDoc());
  });

  it('has a section for every code, and none for a code that is not there', () => {
    const sections = [...readFileSync('docs/ERRORS.md', 'utf8').matchAll(/^## `(\w+)`$/gm)].map(([, code]) => code);
    expect(sections).toEqual(Object.keys(ERRORS));
  });
});
