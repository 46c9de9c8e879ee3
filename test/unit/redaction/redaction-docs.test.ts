import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { redactionPage } from '../../../tools/docs/redaction.ts';

describe('docs/REDACTION.md', () => {
  it('is what the table of detectors says', () => {
    expect(readFileSync(new URL('../../../docs/REDACTION.md', import.meta.url), 'utf8')).toBe(redactionPage());
  });
});
