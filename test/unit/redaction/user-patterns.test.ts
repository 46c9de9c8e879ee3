import { describe, expect, it } from 'vitest';
import { PurserError } from '../../../src/call/errors.ts';
import { costOfPattern } from '../../../src/redaction/engine/pattern-cost.ts';
import { createRedactor } from '../../../src/redaction/redactor.ts';

describe('patterns of the user’s own', () => {
  it('mark what they match under their name', () => {
    const redactor = createRedactor({
      patterns: [{ name: 'employee-number', pattern: String.raw`\bE-\d{6}\b` }],
      finder: (text) => (text.includes('moon') ? [{ detector: 'project-name', start: text.indexOf('moon'), end: text.indexOf('moon') + 4 }] : []),
    });
    expect(redactor.text('E-123456 works on moon', 'event')).toBe('[REDACTED:employee-number] works on [REDACTED:project-name]');
  });

  it.each([
    String.raw`(a+)+$`,
    String.raw`(?:a|aa)+b`,
    String.raw`.*secret`,
    String.raw`\w+@`,
    String.raw`x\w*y`,
    String.raw`(\w)\1`,
    String.raw`a{1,400}b{1,400}c`,
    String.raw`(?=.*x)y`,
    String.raw`a{1,9999}`,
    String.raw`(`,
    String.raw`a?`,
  ])('are refused at load when they are not linear or not usable: %s', (pattern) => {
    expect(() => createRedactor({ patterns: [{ name: 'mine', pattern }] })).toThrow(PurserError);
  });

  it.each([String.raw`ACME-[A-Z0-9]{8,64}`, String.raw`\bcust_\w+`, String.raw`(?:foo|bar)-\d{4}`, String.raw`[a-f]{3}:\S{1,80}`])(
    'are taken when they are linear: %s',
    (pattern) => {
      expect(costOfPattern(pattern).kind).toBe('linear');
      const redactor = createRedactor({ patterns: [{ name: 'mine', pattern }] });
      const startedAt = performance.now();
      redactor.text('cust_foo-abc:ACME-'.repeat(5000), 'event');
      expect(performance.now() - startedAt).toBeLessThan(1000);
    },
  );

  it('say what is wrong', () => {
    expect(() => createRedactor({ patterns: [{ name: 'Mine!', pattern: 'abc' }] })).toThrow(/name is Mine!, wanted small letters/);
    expect(() => createRedactor({ patterns: [{ name: 'mine', pattern: 'abc', flags: 'y' }] })).toThrow(/flags is y/);
  });
});
