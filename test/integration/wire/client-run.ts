import { resolve } from 'node:path';
import type { BillLine } from '../../support/local-provider/bill.ts';
import { startLocalProvider } from '../../support/local-provider/start.ts';
import { OtlpReceiver, type ReceivedSpan } from '../../support/otlp-receiver.ts';
import { runNode } from '../../support/run-node.ts';

/** The folder of the clients that Purser has no adapter for. */
export const CLIENTS = resolve('test/matrix/wire');

/** What an app printed, what arrived as spans of calls, and what the provider billed. */
export interface ClientRun {
  readonly lines: readonly { readonly name: string; readonly answer?: unknown; readonly error?: string; readonly unhandled?: number }[];
  readonly spans: readonly ReceivedSpan[];
  readonly billed: readonly BillLine[];
  readonly stderr: string;
  readonly code: number | null;
}

/** Runs an app of that folder with the preload against a local provider. */
export const runClients = async (
  app: string,
  options: { readonly args?: readonly string[]; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<ClientRun> => {
  const provider = await startLocalProvider();
  const receiver = await OtlpReceiver.start();
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_METRICS_EXPORTER: 'none', OTEL_SERVICE_NAME: 'clients', ...options.env };
  const args = ['--import', resolve('dist/register.js'), app, provider.url, ...(options.args ?? [])];
  const { stdout, stderr, code } = await runNode(args, { env, timeoutMs: 170_000 });
  const lines = stdout
    .trim()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as ClientRun['lines'][number]);
  const billed = provider.bill().calls;
  await provider.close();
  await receiver.close();
  return { lines, spans: receiver.spans, billed, stderr, code };
};
