import { expect, test } from 'vitest';
import { reportedFaults, resetDiag } from '../../../src/base/diag.ts';
import { stopInOrder } from '../../../src/runtime/stop-in-order.ts';

test('a station that fails to end is reported, and the others end in their turn', async () => {
  resetDiag();
  const ended: string[] = [];
  await stopInOrder([
    async () => {
      await Promise.resolve();
      ended.push('first');
    },
    () => Promise.reject(new Error('the store is gone')),
    () => {
      throw new Error('so is this');
    },
    () => ended.push('last'),
  ]);
  expect(ended).toEqual(['first', 'last']);
  expect(reportedFaults().get('stop')).toBe(2);
});
