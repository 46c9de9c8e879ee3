import { resolve } from 'node:path';
import type { BillLine } from '../../support/local-provider/bill.ts';
import { startLocalProvider } from '../../support/local-provider/start.ts';
import { OtlpReceiver, type ReceivedSpan } from '../../support/otlp-receiver.ts';
import { runNode, type Ran } from '../../support/run-node.ts';

/** The folder of the clients that Purser has no adapter for. */
export const CLIENTS = resolve('test/matrix/wire');

/** Runs an app of that folder with the preload, and gives what it said and what arrived as spans. */
export const runWatched = async (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly ran: Ran; readonly spans: readonly ReceivedSpan[] }> => {
  const receiver = await OtlpReceiver.start();
  const ran = await runNode(['--import', resolve('dist/register.js'), ...args], {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_METRICS_EXPORTER: 'none', ...env },
    timeoutMs: 170_000,
  });
  await receiver.close();
  return { ran, spans: receiver.spans };
};

/** The members called `name` of the JSON lines that an app printed. */
export const printed = ({ stdout }: Ran, name: string): readonly unknown[] =>
  stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as Readonly<Record<string, unknown>>)[name]);

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
  const { ran, spans } = await runWatched([app, provider.url, ...(options.args ?? [])], { OTEL_SERVICE_NAME: 'clients', ...options.env });
  const { stdout, stderr, code } = ran;
  const lines = stdout
    .trim()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as ClientRun['lines'][number]);
  const billed = provider.bill().calls;
  await provider.close();
  return { lines, spans, billed, stderr, code };
};
