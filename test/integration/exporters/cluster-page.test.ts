import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { freePort } from '../../support/free-port.ts';
import { startLocalProvider } from '../../support/local-provider/start.ts';
import { runNode } from '../../support/run-node.ts';

test('the page of a cluster counts every call of workers that end, and never falls', async () => {
  const provider = await startLocalProvider();
  const port = String(await freePort());
  const app = resolve('test/integration/exporters/cluster-app.cjs');
  const { code, stdout, stderr } = await runNode(['--require', resolve('dist/register.cjs'), app, provider.url, port], {
    env: { PURSER_PROMETHEUS_PORT: port, OTEL_TRACES_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' },
  });
  await provider.close();
  expect({ code, stdout, stderr }).toMatchObject({ code: 0, stdout: '[4,7,12]\n' });
});
