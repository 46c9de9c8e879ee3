import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { beforeAll, expect, test } from 'vitest';
import { startLocalProvider } from '../../support/local-provider/start.ts';
import { runNode } from '../../support/run-node.ts';
import { CLIENTS } from './client-run.ts';

const outfile = resolve('.cache/bundled/app.cjs');
beforeAll(() => {
  mkdirSync(resolve('.cache/bundled'), { recursive: true });
  buildSync({
    entryPoints: [`${CLIENTS}/bundled-app.mjs`],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    // The newest ones, not those that other clients bring.
    alias: { '@anthropic-ai/sdk': resolve('node_modules/@anthropic-ai/sdk'), openai: resolve('node_modules/openai') },
    logLevel: 'error',
  });
}, 180_000);

const run = async (flags: readonly string[]): Promise<unknown> => {
  const provider = await startLocalProvider();
  const { stdout, stderr, code } = await runNode([...flags, outfile, provider.url], { env: { PURSER_QUIET: 'true', OTEL_METRICS_EXPORTER: 'none' } });
  await provider.close();
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  return JSON.parse(stdout);
};

test('an SDK in a bundle that makes spans of its own makes one without us, and ours is the only one with us, unless its client asked for both', async () => {
  expect(await run([])).toMatchObject({ anthropic: [['com.anthropic.sdk.typescript', null]], openai: [] });
  expect(await run(['--import', resolve('dist/register.js')])).toMatchObject({
    anthropic: [['purser', 1]],
    openai: [['purser', 1]],
    retried: [['purser', 3]],
    undici: [['purser', 1]],
  });
}, 60_000);
