import { expect, test } from 'vitest';
import { timers } from '../../../src/base/timers.ts';

test('a time that is longer than Node waits is waited for as long as it does, and does not go off at once', async () => {
  let fired = 0;
  const month = 30 * 86_400_000;
  const ends = [timers.setTimeout(() => (fired += 1), month), timers.setInterval(() => (fired += 1), month)];
  await new Promise<void>((resolve) => void timers.setTimeout(resolve, 20));
  for (const timer of ends) timers.clearTimeout(timer);
  expect(fired).toBe(0);
});
