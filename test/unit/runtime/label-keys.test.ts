import { describe, expect, test } from 'vitest';
import { labelsWithoutKeys } from '../../../src/runtime/label-keys.ts';
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
});
