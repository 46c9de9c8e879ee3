import { spawn } from 'node:child_process';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startLocalProvider } from '../local-provider/start.ts';
import type { ReceivedSpan } from '../otlp-receiver.ts';
import { OtlpReceiver } from '../otlp-receiver.ts';
import { configOf } from './claim.ts';
import { scratchFolder } from '../scratch.ts';

/** What came of running an example. */
export interface ExampleRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly spans: readonly ReceivedSpan[];
}

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
// One local provider plays all three under their own paths.
const HOSTS = '127.0.0.1/v1/messages=anthropic,127.0.0.1/v1beta/=gcp.gemini,127.0.0.1/v1/models/=gcp.gemini,127.0.0.1/v1/=openai';

/** Runs an example with the preload, against a local provider and a receiver of their own. */
export const runExample = async (file: string): Promise<ExampleRun> => {
  const [provider, receiver] = await Promise.all([startLocalProvider(), OtlpReceiver.start()]);
  const config = configOf(file);
  const env = {
    PATH: process.env['PATH'] ?? '',
    OPENAI_API_KEY: 'local-openai',
    OPENAI_BASE_URL: `${provider.url}/v1`,
    ANTHROPIC_API_KEY: 'local-anthropic',
    ANTHROPIC_BASE_URL: provider.url,
    GEMINI_API_KEY: 'local-google',
    GOOGLE_GEMINI_BASE_URL: provider.url,
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    PURSER_PROVIDERS_HOSTS: HOSTS,
    PURSER_STORE_PATH: scratchFolder(),
    ...(config === undefined ? {} : { PURSER_CONFIG: resolve(dirname(file), config) }),
  };
  const child = spawn(process.execPath, ['--require', 'purser/register', file], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const text = { stdout: '', stderr: '' };
  child.stdout.on('data', (part: Buffer) => (text.stdout += part.toString('utf8')));
  child.stderr.on('data', (part: Buffer) => (text.stderr += part.toString('utf8')));
  const code = await new Promise<number | null>((done) => child.once('close', done));
  const { spans } = receiver;
  await Promise.all([provider.close(), receiver.close()]);
  return { code, ...text, spans };
};
