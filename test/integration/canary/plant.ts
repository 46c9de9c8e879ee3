import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { recordHeaders } from '../host-otel/record-headers.ts';
import { runApp } from '../processes/run-app.ts';
import { startLocalProvider } from '../../support/local-provider/start.ts';
import { OtlpReceiver } from '../../support/otlp-receiver.ts';

const QUERIES = ['key', 'api_key', 'access_token', 'sig', 'X-Amz-Signature', 'AWSAccessKeyId', 'X-Goog-Signature', 'Signature', 'token'];
const PLACES =
  'redirect refused refused_http authorization header cookie user_agent tracestate baggage span_name attribute list event_name event link exception status log_body log_field log_nested log_error client_key anthropic_key prompt label tag user system model argument resource otlp_header'.split(
    ' ',
  );

const random = (length: number): string =>
  randomBytes(length * 2)
    .toString('base64')
    .replaceAll(/[+/=]/g, '')
    .slice(0, length);

const shaped = (place: string): string => (place === 'anthropic_key' ? `sk-ant-api03-${random(80)}AA` : `sk-proj-${random(48)}`);

/** A secret for each place: shaped like a key where text is free, and shapeless where only its name tells what it is. */
const plantSecrets = (): Readonly<Record<string, string>> => {
  return Object.fromEntries([
    ...PLACES.map((place) => [place, place === 'argument' || place === 'cookie' ? random(40) : shaped(place)]),
    ...QUERIES.flatMap((name) => [
      [`fetch_${name}`, random(40)],
      [`http_${name}`, random(40)],
    ]),
  ]) as Record<string, string>;
};

/** Where a run left anything. */
export interface Planted {
  readonly secrets: Readonly<Record<string, string>>;
  /** Everything that came out, by where it did. */
  readonly outputs: ReadonlyMap<string, Buffer>;
  readonly code: number | null;
  readonly scopes: ReadonlySet<string>;
  readonly logs: number;
  readonly tracedRequests: number;
}

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());

/** Runs the app that puts secrets everywhere, and gathers what came out of it. */
export const plant = async (env: Readonly<Record<string, string>>): Promise<Planted> => {
  const [provider, receiver] = await Promise.all([startLocalProvider(), OtlpReceiver.start()]);
  const headers = await recordHeaders(provider.url);
  const folder = mkdtempSync(join(tmpdir(), 'purser-canary-'));
  const kept = join(folder, 'kept');
  const secrets = plantSecrets();
  const list = join(folder, 'secrets.json');
  writeFileSync(list, JSON.stringify(secrets));
  const cwd = resolve('test/matrix/hosts/sdk3');
  const { code, stdout, stderr } = await runApp(
    ['--require', resolve('dist/register.cjs'), join(cwd, 'canary.cjs'), list, `--api-key=${secrets['argument']}`],
    {
      cwd,
      env: {
        BASE: headers.url,
        PURSER: resolve('dist/index.js'),
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        OTEL_EXPORTER_OTLP_HEADERS: `x-tenant-token=${secrets['otlp_header']}`,
        OTEL_RESOURCE_ATTRIBUTES: `note=${secrets['resource']}`,
        OTEL_NODE_RESOURCE_DETECTORS: 'all',
        OTEL_LOG_LEVEL: 'debug',
        OTEL_METRIC_EXPORT_INTERVAL: '60000',
        PINO_FILE: join(folder, 'pino.log'),
        PURSER_JSONL_FILE: join(kept, 'calls.jsonl'),
        PURSER_LEDGER_PATH: join(kept, 'ledger'),
        PURSER_STORE_PATH: join(kept, 'store'),
        PURSER_BUDGETS: '[{"id":"each","limit":"10 USD","window":"day","per":["tenant"]}]',
        ...env,
      },
    },
  );
  const outputs = new Map<string, Buffer>([
    ['otlp', receiver.bytes],
    ['stderr', Buffer.from(stderr)],
    ['stdout and the metrics page', Buffer.from(stdout)],
    ...filesIn(folder)
      .filter((path) => path.startsWith(kept))
      .map((path): [string, Buffer] => [`file ${path.slice(kept.length + 1)}`, readFileSync(path)]),
  ]);
  const scopes = new Set(receiver.spans.map(({ scope }) => scope.name));
  const logs = receiver.logs.length;
  rmSync(folder, { recursive: true });
  await Promise.all([headers.close(), provider.close(), receiver.close()]);
  return { secrets, outputs, code, scopes, logs, tracedRequests: headers.traced() };
};

/** How much of a secret may show: what is left when a detector keeps the ends. */
const PIECE = 12;

/** Finds each secret, or a longer piece of it, in what came out: plain, or as base64. */
export const leaks = ({ secrets, outputs }: Planted): string[] => {
  const found: string[] = [];
  for (const [where, bytes] of outputs) {
    const text = bytes.toString('latin1');
    for (const [place, secret] of Object.entries(secrets)) {
      const tail = secret.replace(/^sk-(?:proj|ant-api03)-/, '');
      const pieces = [tail.slice(0, PIECE), tail.slice(8, 8 + PIECE), tail.slice(-PIECE), Buffer.from(secret).toString('base64').slice(8, 40)];
      if (pieces.some((piece) => text.includes(piece))) found.push(`${place} in ${where}`);
    }
  }
  return found;
};
