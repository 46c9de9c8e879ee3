import { describe, expect, it } from 'vitest';
import { LastClean } from '../../../src/redaction/last-clean.ts';

describe('the last clean value of each attribute', () => {
  it('answers for that value alone, until it is cleared', () => {
    const last = new LastClean();
    expect(last.is('model', 'one')).toBe(false);
    last.note('model', 'one');
    expect([last.is('model', 'one'), last.is('model', 'two'), last.is('other', 'one')]).toEqual([true, false, false]);
    last.note('model', 'two');
    expect([last.is('model', 'one'), last.is('model', 'two')]).toEqual([false, true]);
    last.clear();
    expect(last.is('model', 'two')).toBe(false);
  });

  it('keeps neither long values nor any number of names', () => {
    const last = new LastClean();
    last.note('long', 'x'.repeat(201));
    expect(last.is('long', 'x'.repeat(201))).toBe(false);
    for (let i = 0; i < 5000; i++) last.note(`key${i}`, 'value');
    const kept = Array.from({ length: 5000 }, (_, i) => last.is(`key${i}`, 'value')).filter(Boolean).length;
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThanOrEqual(1024);
  });
});
