import { describe, expect, test } from 'vitest';
import { labelsWithoutKeys } from '../../../src/runtime/label-keys.ts';
import { labelsOfRequest } from '../../../src/runtime/request-labels.ts';
import { createRedactor } from '../../../src/redaction/redactor.ts';
import { systemClock } from '../../../src/base/clock.ts';

const redactor = createRedactor({ modes: {}, secrets: [], detectors: { on: [], off: [] }, patterns: [], maxChars: 10_000, clock: systemClock });
const clean = labelsWithoutKeys(redactor);
const key = (end: string): string => ['sk', 'proj', `x7Qm2TtVb9LwKc4RzJ8nYd5GhPs3FvNaE6uW1oXi${end}`].join('-');

describe('labels', () => {
  test('without a key are the same record', () => {
    const labels = { tenant: 'acme', user: 'ann@example.com', tags: { plan: 'gold and a long name' } };
    expect(clean(labels)).toBe(labels);
  });

  test('lose their keys, also in tags, and stay told apart', () => {
    const [one, other] = [clean({ tenant: key('AA'), tags: { note: `by ${key('AA')}` } }), clean({ tenant: key('BB') })];
    expect(JSON.stringify([one, other])).not.toContain('x7Qm2TtV');
    expect(one.tenant).toMatch(/^\[REDACTED[^\]]*\] [0-9a-f]{8}$/);
    expect(one.tags?.['note']).toMatch(/^by \[REDACTED/);
    expect(one.tenant).not.toBe(other.tenant);
    expect(clean({ tenant: key('AA') }).tenant).toBe(one.tenant);
  });

  test('are cut where they are long, and stay told apart', () => {
    const long = 'team '.repeat(20_000);
    const [one, other] = [clean({ tenant: `${long}a` }), clean({ tenant: `${long}b` })];
    expect(one.tenant).toMatch(/^(team ){200} [0-9a-f]{8}$/);
    expect(one.tenant).not.toBe(other.tenant);
  });

  test('hold no half of a key that a request carries in a long header', () => {
    const secret = ['AI', 'zaSyB7x2Qm9TtVbLwKc4RzJ8nYd5GhPs3FvNa'].join('');
    for (const length of [160, 185, 960, 985]) {
      const labels = labelsOfRequest({ 'x-tenant': `${'team '.repeat(length / 5)}${secret} and so on` }, { 'x-tenant': 'tenant' }, []);
      expect(clean(labels).tenant).not.toContain(secret.slice(0, 8));
    }
  });
});
