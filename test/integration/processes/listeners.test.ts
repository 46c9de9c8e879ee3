import { expect, test } from 'vitest';
import { runPreloaded } from '../../support/preloaded.ts';

const EVENTS = ['exit', 'beforeExit', 'SIGTERM', 'SIGINT', 'SIGHUP'];

const added = (count: number, before = ''): Promise<{ readonly stderr: string }> =>
  runPreloaded(`
    await openai.chat.completions.create(chat);
    ${before}
    for (const event of ${JSON.stringify(EVENTS)}) for (let at = 0; at < ${count}; at++) process.on(event, () => {});
    setTimeout(() => process.exit(0), 50);`);

test('an app with as many listeners on the process as go without a warning gets none for ours', async () => {
  const all = [added(10), added(20, 'process.setMaxListeners(20);'), added(15, "(await import('node:events')).EventEmitter.defaultMaxListeners = 15;")];
  expect((await Promise.all([...all, added(30, 'process.setMaxListeners(0);')])).map(({ stderr }) => stderr)).toEqual(['', '', '', '']);
});

test('one that has too many is warned of each event, as it would be', async () => {
  const { stderr } = await added(13);
  expect([...stderr.matchAll(/\d+ (\w+) listeners added/g)].map(([, event]) => event)).toEqual(EVENTS);
});
