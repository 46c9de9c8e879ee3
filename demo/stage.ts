import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Books } from './books/books.ts';
import type { Child } from './child.ts';
import { startChild } from './child.ts';
import type { LeakSearch } from './books/leaks.ts';
import { OtlpReceiver } from '../test/support/otlp-receiver.ts';
import { hostNames } from './traffic/providers.ts';
import type { Secrets } from './traffic/secrets.ts';
import { scratchFolder } from '../test/support/scratch.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The repository's folder; `purser/register` is found from here as it would be from an app that installed it. */
export const ROOT = here('..');

/** Everything that runs during a demo. */
export interface Stage {
  readonly receiver: OtlpReceiver;
  readonly provider: Child;
  readonly service: Child;
}

const LOCAL_PROVIDER = ['test/support/local-provider/main.ts', '--latency', '60', '--ttft', '40', '--interval', '14', '--keep', '1000000'];

/** The environment of the service: its own keys and addresses, the standard OpenTelemetry variables, and the config file. */
const serviceEnv = (provider: string, otlp: string, secrets: Secrets): Record<string, string> => ({
  OPENAI_API_KEY: secrets.openai,
  OPENAI_BASE_URL: `${provider}/v1`,
  ANTHROPIC_API_KEY: secrets.anthropic,
  ANTHROPIC_BASE_URL: provider,
  GEMINI_API_KEY: secrets.google,
  GOOGLE_GEMINI_BASE_URL: provider,
  OTEL_SERVICE_NAME: 'harbour-desk',
  OTEL_EXPORTER_OTLP_ENDPOINT: otlp,
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  OTEL_BSP_SCHEDULE_DELAY: '200',
  OTEL_BLRP_SCHEDULE_DELAY: '200',
  OTEL_METRIC_EXPORT_INTERVAL: '500',
  // The hard case on purpose: prompts are recorded here, and must come out clean. The default records none.
  OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'true',
  PURSER_CONFIG: here('purser.config.yaml'),
  // Every run begins a new day: what an earlier one spent is not this one's.
  PURSER_STORE_PATH: scratchFolder(),
  // Whoever wants to look at the demo through Prometheus names a port for its metrics.
  ...(process.env['PURSER_PROMETHEUS_PORT'] === undefined
    ? {}
    : { PURSER_PROMETHEUS_PORT: process.env['PURSER_PROMETHEUS_PORT'], PURSER_PROMETHEUS_HOST: '127.0.0.1' }),
});

/** Builds dist/ where a fresh clone has none yet. */
const buildIfMissing = (): void => {
  if (!existsSync(here('../dist/register.js'))) execFileSync(process.execPath, ['tools/build.ts'], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
};

/** Hands every body to the books and to the search for leaks, and keeps none: the demo may run for days. */
const startReceiver = async (books: Books, leaks: LeakSearch): Promise<OtlpReceiver> => {
  const receiver = await OtlpReceiver.start();
  receiver.onRequest(({ signal, message, bytes }) => {
    leaks.take(bytes);
    books.take(signal, message);
    receiver.clear();
  });
  return receiver;
};

/** Starts the OTLP receiver in this process, and the provider and the service as programs of their own. */
export const setStage = async (books: Books, leaks: LeakSearch, secrets: Secrets, recordings: string | undefined): Promise<Stage> => {
  buildIfMissing();
  process.chdir(ROOT);
  const receiver = await startReceiver(books, leaks);
  const providerArgs = recordings === undefined ? LOCAL_PROVIDER : ['test/support/replay/main.ts', recordings];
  const provider = await startChild('the provider', providerArgs, {});
  const env = serviceEnv(provider.url, receiver.url, secrets);
  // A recording comes from many hosts; each has a path of its own at the replay server.
  if (recordings !== undefined) env['PURSER_PROVIDERS_HOSTS'] = hostNames(new URL(provider.url).hostname);
  const service = await startChild('the service', ['--require', 'purser/register', 'demo/service/server.mjs'], env);
  return { receiver, provider, service };
};
