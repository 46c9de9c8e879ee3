import { describe, expect, test } from 'vitest';
import { runCase } from './case.ts';
import { CASES } from './cases.ts';

// The quick ones; `node test/integration/processes/main.ts` runs them all.
describe.concurrent('a process with us in it', () => {
  test.each(CASES.filter(({ quick }) => quick === true))('$name', { timeout: 30_000 }, async (each) => {
    expect(await runCase(each)).toEqual([]);
  });
});
