import { createServer, type AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { startLocalProvider } from '../../support/local-provider/start.ts';
import { runNode } from '../../support/run-node.ts';

const freePort = async (): Promise<number> => {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
};

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
