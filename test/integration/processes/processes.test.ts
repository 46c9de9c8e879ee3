import { describe, expect, test } from 'vitest';
import { runCase } from './case.ts';
import { CASES } from './cases.ts';

// The quick ones; `node test/integration/processes/main.ts` runs them all.
describe.concurrent('a process with us in it', () => {
  for (const each of CASES.filter(({ quick }) => quick === true)) {
    test(`${each.name}`, { timeout: 30_000 }, async () => {
      expect(await runCase(each)).toEqual([]);
    });
  }
});
