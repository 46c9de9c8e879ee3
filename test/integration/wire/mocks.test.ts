import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { startLocalProvider } from '../../support/local-provider/start.ts';
import { runNode, type Ran } from '../../support/run-node.ts';
import { CLIENTS } from './client-run.ts';

const withoutPorts = (text: string): string => text.replaceAll(/127\.0\.0\.1:\d+/g, 'HOST');

const run = async (flags: readonly string[]): Promise<Ran & { readonly lines: readonly unknown[] }> => {
  const provider = await startLocalProvider();
  const env = { PURSER_QUIET: 'true', OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' };
  const ran = await runNode([...flags, `${CLIENTS}/mocks.mjs`, provider.url], { env });
  await provider.close();
  const lines = withoutPorts(ran.stdout)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  return { ...ran, stderr: withoutPorts(ran.stderr), lines };
};

test('mocks, proxies, bodies of every kind, aborts and wrong arguments are the same with and without the preload, byte for byte', async () => {
  const bare = await run([]);
  expect(bare.code).toBe(0);
  expect(bare.lines.length).toBeGreaterThan(30);
  const seen = await run(['--import', resolve('dist/register.js')]);
  expect(seen.lines).toEqual(bare.lines);
  expect({ code: seen.code, stderr: seen.stderr }).toEqual({ code: bare.code, stderr: bare.stderr });
}, 120_000);
