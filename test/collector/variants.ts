import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Collector, type Setup } from './collector.ts';
import { sendOnce, spansRequest, traceId } from './otlp.ts';

const here = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** The shipped files of each variant, as one gives them to the Collector. */
export const VARIANTS = {
  main: [here('otel-collector.yaml')],
  'remote-write': [here('otel-collector.yaml'), here('collector/remote-write.yaml')],
  'keep-all': [here('otel-collector.yaml'), here('collector/keep-all.yaml')],
  minimal: [here('collector/minimal.yaml')],
  gateway: [here('collector/gateway.yaml')],
} as const;

/** One variant. */
export type Variant = keyof typeof VARIANTS;

/** What a part of the test found. */
export interface Part {
  readonly figures: Readonly<Record<string, unknown>>;
  readonly bars: Readonly<Record<string, unknown>>;
  readonly against: readonly string[];
}

const TOKEN = ['test', 'token', 'of', 'clients'].join('-');

/** What the gateway needs to start: a certificate and tokens, made for the test. */
export const gatewayFiles = (folder: string): Readonly<Record<string, string>> => {
  mkdirSync(folder, { recursive: true });
  const file = (name: string): string => join(folder, name);
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=localhost',
      '-addext',
      'subjectAltName=IP:127.0.0.1,DNS:localhost',
      '-keyout',
      file('tls.key'),
      '-out',
      file('tls.crt'),
    ],
    { stdio: 'pipe' },
  );
  writeFileSync(file('token'), TOKEN);
  writeFileSync(file('backend-token'), 'test-token-of-the-back-end');
  return {
    PURSER_COLLECTOR_CERT: file('tls.crt'),
    PURSER_COLLECTOR_KEY: file('tls.key'),
    PURSER_TOKEN_FILE: file('token'),
    PURSER_BACKEND_TOKEN_FILE: file('backend-token'),
    PURSER_TRACES_ENDPOINT: 'http://127.0.0.1:9',
    PURSER_METRICS_ENDPOINT: 'http://127.0.0.1:9',
    PURSER_LOGS_ENDPOINT: 'http://127.0.0.1:9',
  };
};

const validate = (program: string, variant: Variant, env: Readonly<Record<string, string>>): readonly string[] => {
  const args = ['validate', ...VARIANTS[variant].map((file) => `--config=${file}`)];
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', env: { PATH: process.env['PATH'] ?? '', ...env } });
  const said = `${stdout}${stderr}`.trim();
  if (status !== 0) return [`${variant}: validate ended with ${status}: ${said.slice(-1500)}`];
  return said === '' ? [] : [`${variant}: validate said: ${said.slice(0, 1500)}`];
};

/** Asks the gateway with `curl`, which can be told what certificate to trust. Gives the HTTP status, or 0 when the handshake failed. */
const ask = (url: string, args: readonly string[]): number => {
  const body = JSON.stringify(spansRequest([{ name: 'gateway', traceId: traceId() }]));
  const { stdout } = spawnSync(
    'curl',
    ['-s', '-m', '10', '-o', '/dev/null', '-w', '%{http_code}', '-H', 'content-type: application/json', '-d', body, ...args, `${url}/v1/traces`],
    { encoding: 'utf8' },
  );
  return Number(stdout);
};

const gatewayGuards = async (collector: Collector, certificate: string): Promise<readonly string[]> => {
  const trusted = ['--cacert', certificate];
  const found: string[] = [];
  const expect = (what: string, seen: number | undefined, wanted: number | undefined): void => {
    if (seen !== wanted) found.push(`gateway: ${what}: ${seen}, wanted ${wanted}`);
  };
  expect('with the token', ask(collector.url, [...trusted, '-H', `authorization: Bearer ${TOKEN}`]), 200);
  expect('without a token', ask(collector.url, trusted), 401);
  expect('with a wrong token', ask(collector.url, [...trusted, '-H', 'authorization: Bearer wrong']), 401);
  expect('with TLS 1.2', ask(collector.url, [...trusted, '--tls-max', '1.2', '-H', `authorization: Bearer ${TOKEN}`]), 0);
  expect('without TLS', (await sendOnce({ url: collector.url.replace('https', 'http') }, 'traces', {})) ?? 0, 400);
  return found;
};

/** Every variant is valid, starts, and says nothing that warns: neither of old names nor of anything else. */
export const askVariants = async (program: string, folder: string): Promise<Part> => {
  const against: string[] = [];
  const gateway = gatewayFiles(join(folder, 'gateway-files'));
  for (const variant of Object.keys(VARIANTS) as Variant[]) {
    const env: Readonly<Record<string, string>> = variant === 'gateway' ? gateway : {};
    against.push(...validate(program, variant, env));
    const own = join(folder, variant);
    const minimal = variant === 'minimal' ? { overlay: { exporters: { prometheus: { endpoint: '127.0.0.1:0' } } } } : {};
    const setup: Setup = { program, configs: VARIANTS[variant], env, folder: own, scheme: variant === 'gateway' ? 'https' : 'http', ...minimal };
    const collector = await Collector.start(setup);
    if (variant === 'gateway') against.push(...(await gatewayGuards(collector, gateway['PURSER_COLLECTOR_CERT'] ?? '')));
    if (!/^otelcol_process_uptime/m.test(await collector.metrics())) against.push(`${variant}: no metrics of its own`);
    // The gateway of this test has no back-end and is asked without TLS 1.3, and says so.
    const expected = /connection refused|Exporting failed|TLS handshake error/;
    against.push(
      ...collector
        .complaints()
        .filter((line) => !(variant === 'gateway' && expected.test(line)))
        .map((line) => `${variant}: ${line.slice(0, 400)}`),
    );
    await collector.stop();
  }
  return {
    figures: { variants: Object.keys(VARIANTS).length, variantFaults: against.length },
    bars: { variantFaults: 0 },
    against,
  };
};
