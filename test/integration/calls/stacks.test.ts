import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../support/free-port.ts';
import { startLocalProvider, type LocalProvider } from '../../support/local-provider/start.ts';
import { runNode } from '../../support/run-node.ts';

let provider: LocalProvider;
beforeAll(async () => {
  provider = await startLocalProvider();
});
afterAll(() => provider.close());

/** Request ids are new each time, and by which of its queues Node came to run a step depends on what else was due. */
const steady = (stack: string): string =>
  stack.replaceAll(/req_\w+/g, 'req_').replaceAll(/\n +at [^\n]*\(node:internal\/(?:process\/task_queues|timers):[^\n]*/g, '');

const stacksOf = async (flags: readonly string[], nobody: string): Promise<Readonly<Record<string, string>>> => {
  const { stdout, code, stderr } = await runNode([...flags, 'test/integration/calls/stacks-app.mjs'], {
    env: { BASE: provider.url, NOBODY: nobody, OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' },
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const lines = stdout.trim().split('\n');
  return Object.fromEntries(
    lines.map((line) => {
      const { name, stack } = JSON.parse(line) as { name: string; stack: string };
      return [name, steady(stack)];
    }),
  );
};

test('an error that the app sees has the stack that it would have had, frame by frame: those who group errors by it see no new ones', async () => {
  const nobody = `http://127.0.0.1:${await freePort()}`;
  const bare = await stacksOf([], nobody);
  const loaded = await stacksOf(['--import', resolve('dist/register.js')], nobody);
  expect(Object.keys(bare).length).toBeGreaterThan(25);
  expect(Object.entries(bare).filter(([, stack]) => stack === 'no error')).toEqual([]);
  expect(loaded).toEqual(bare);
});
