/**
 * The demo for a stack: the service with the flag, the local provider and the traffic, exporting to the Collector at OTEL_EXPORTER_OTLP_ENDPOINT.
 * Says {"service"} when it is up, {"played"} after each day, and ends on SIGTERM with everything exported.
 *
 *   node deploy/demo/main.ts [--once]      one day of traffic and then silence, or days until the end
 */
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startChild } from '../../demo/child.ts';
import { day } from '../../demo/traffic/day.ts';
import { playOn, playOnce } from '../../demo/traffic/play.ts';
import { makeSecrets } from '../../demo/traffic/secrets.ts';

const { values } = parseArgs({ options: { once: { type: 'boolean' } } });
process.chdir(fileURLToPath(new URL('../..', import.meta.url)));

const secrets = makeSecrets();
const provider = await startChild('the provider', 'test/support/local-provider/main.ts --latency 60 --ttft 40 --interval 14 --keep 1000'.split(' '), {});

const passed = Object.fromEntries(
  Object.entries(process.env).filter((entry): entry is [string, string] => /^(OTEL|PURSER)_/.test(entry[0]) && entry[1] !== undefined),
);
const service = await startChild('the service', ['--require', 'purser/register', 'demo/service/server.mjs'], {
  OTEL_SERVICE_NAME: 'harbour-desk',
  PURSER_CONFIG: 'demo/purser.config.yaml',
  ...passed,
  OPENAI_API_KEY: secrets.openai,
  OPENAI_BASE_URL: `${provider.url}/v1`,
  ANTHROPIC_API_KEY: secrets.anthropic,
  ANTHROPIC_BASE_URL: provider.url,
  GEMINI_API_KEY: secrets.google,
  GOOGLE_GEMINI_BASE_URL: provider.url,
});
writeFileSync(join(tmpdir(), 'purser-demo.json'), JSON.stringify({ service: service.url }));
const say = (line: Readonly<Record<string, unknown>>): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
say({ service: service.url, provider: provider.url });

const stop = new AbortController();
const ended = new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve()));
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());

const steps = day(secrets);
const first = playOnce(service.url, steps).then((played) => say({ played: played.length }));
if (values.once === true) await first;
else await playOn(service.url, steps, stop.signal);
await ended;

const how = await service.stop(10_000);
process.stderr.write(service.complaints.map((line) => `${line}\n`).join(''));
await provider.stop();
say({ ended: how });
