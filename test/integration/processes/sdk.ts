import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startGrpcFront } from '../../support/grpc-front.ts';
import { wrongSpans, type Case } from './case.ts';
import { APPS, compare, REQUIRE, type Place } from './compare.ts';
import { runApp } from './run-app.ts';

const APP = join(APPS, 'app.mjs');
const host = (folder: string): string => resolve('test/matrix/hosts', folder);
const needs = (folder: string) => (): string | undefined =>
  existsSync(`${host(folder)}/node_modules`) ? undefined : `run npm ci in test/matrix/hosts/${folder}`;
const FULL = { PURSER_OTEL_MODE: 'sdk-node' };

const declared = ({ receiver }: Place): string => `file_format: "1.1"
resource:
  attributes:
    - name: service.name
      value: declared
tracer_provider:
  processors:
    - batch:
        exporter:
          otlp_http:
            endpoint: ${receiver.url}/v1/traces
`;

/** The app has the api in version 1.9, which has no logs; ours is 1.10. */
const olderApi: Case = {
  name: 'otel.mode sdk-node in an app with api 1.9: its spans and ours are one trace',
  missing: needs('sdk2'),
  async run({ env, receiver }) {
    const { code, stdout, stderr } = await runApp(['--require', REQUIRE, join(host('sdk2'), 'app.cjs')], {
      cwd: host('sdk2'),
      env: { ...env, ...FULL, LEAK_KEY: 'local-test-key' },
    });
    const ours = receiver.spans.filter(({ scope }) => scope.name === 'purser');
    const root = receiver.spans.find(({ name }) => name === 'request');
    const wrong = code === 0 && stdout === 'done\n' && stderr === '' ? [] : [`exit ${code}, ${stdout}, ${stderr.slice(0, 300)}`];
    if (ours.length !== 4 || !ours.every(({ parentSpanId }) => parentSpanId === root?.spanId)) wrong.push(`${ours.length} spans of ours below ${root?.spanId}`);
    return receiver.logs.length > 0 ? wrong : [...wrong, 'the failed call left no event'];
  },
};

const hostFirst: Case = {
  name: 'otel.mode sdk-node beside a host’s SDK that came first: the host’s is used, and one line says so',
  missing: needs('sdk3'),
  async run({ env, receiver }) {
    const more = { ...FULL, LEAK_KEY: 'local-test-key', HOST_URL: receiver.url };
    const { code, stderr } = await runApp(['--require', './otel.cjs', '--require', REQUIRE, join(host('sdk3'), 'app.cjs')], {
      cwd: host('sdk3'),
      env: { ...env, ...more },
    });
    const ours = receiver.spans.filter(({ scope }) => scope.name === 'purser').length;
    return code === 0 && ours === 4 && /^purser: the app has an OpenTelemetry SDK already.*\n$/.test(stderr) ? [] : [`exit ${code}, ${ours} spans, ${stderr}`];
  },
};

const hostAtSignal: Case = {
  name: 'SIGTERM in an app whose own SDK exports the calls: they get out before it dies of the signal',
  missing: needs('sdk3'),
  async run({ env, receiver }) {
    const more = { LEAK_KEY: 'local-test-key', HOST_URL: receiver.url, LINGER: '20000' };
    const args = ['--require', './otel.cjs', '--require', REQUIRE, join(host('sdk3'), 'app.cjs')];
    const { signal } = await runApp(args, { cwd: host('sdk3'), env: { ...env, ...more }, signal: 'SIGTERM', ready: 'done\n' });
    const ours = receiver.spans.filter(({ scope }) => scope.name === 'purser').length;
    return signal === 'SIGTERM' && ours === 4 ? [] : [`ended by ${signal}, ${ours} spans`];
  },
};

/** The full SDK, ours or the host's, when the process ends. */
export const SDKS: readonly Case[] = [
  {
    name: 'otel.mode sdk-node: the app returns',
    async run(place) {
      const { different } = await compare(place, [APP, 'return'], { env: FULL });
      return [...different, ...wrongSpans(place, 1)];
    },
  },
  {
    name: 'otel.mode sdk-node: SIGTERM without a handler, a stream being open',
    async run(place) {
      const { different } = await compare(place, [APP, 'serve'], { env: FULL, signal: 'SIGTERM' });
      return [...different, ...wrongSpans(place, 2, 1)];
    },
  },
  {
    name: 'OTEL_CONFIG_FILE: the full SDK as the file declares it',
    async run(place) {
      const folder = mkdtempSync(join(tmpdir(), 'purser-declared-'));
      const file = join(folder, 'otel.yaml');
      writeFileSync(file, declared(place));
      // What the file does not declare goes its own way, by the variables.
      const others = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' };
      const { different } = await compare(place, [APP, 'return'], { env: { OTEL_CONFIG_FILE: file, ...others } });
      rmSync(folder, { recursive: true });
      const service = place.receiver.spans[0]?.resource['service.name'];
      return [...different, ...wrongSpans(place, 1), ...(service === 'declared' ? [] : [`service ${String(service)}`])];
    },
  },
  {
    name: 'otel.mode sdk-node in a config file: the SDK is told what the file says',
    async run(place) {
      const folder = mkdtempSync(join(tmpdir(), 'purser-filed-'));
      const file = join(folder, 'purser.config.json');
      const said = {
        otel: { mode: 'sdk-node', resource_detectors: ['service'], resource_attributes: { 'app.stage': 'a b' }, propagators: ['b3'] },
        labels: { service: 'filed', environment: 'testing' },
        otlp: { endpoint: place.receiver.url, protocol: 'http/json', headers: { 'x-tenant': 'a' } },
        exporters: { logs: [], metrics: [] },
      };
      writeFileSync(file, JSON.stringify(said));
      const { different } = await compare(place, [APP, 'return'], { env: { OTEL_EXPORTER_OTLP_ENDPOINT: '', PURSER_CONFIG: file } });
      rmSync(folder, { recursive: true });
      const resource = place.receiver.spans[0]?.resource ?? {};
      const wanted = {
        'service.name': 'filed',
        'deployment.environment.name': 'testing',
        'app.stage': 'a b',
        'process.pid': undefined,
        'host.name': undefined,
      };
      const wrong = Object.entries(wanted).flatMap(([name, value]) => (resource[name] === value ? [] : [`${name} is ${String(resource[name])}`]));
      const headers = place.receiver.requests[0]?.headers;
      if (headers?.['x-tenant'] !== 'a' || headers['content-type'] !== 'application/json') wrong.push(`headers ${JSON.stringify(headers)}`);
      if (place.receiver.requests.some(({ signal }) => signal !== 'traces')) wrong.push('metrics or logs came');
      return [...different, ...wrongSpans(place, 1), ...wrong];
    },
  },
  {
    name: 'otel.mode sdk-node with the standard variables for gRPC',
    async run(place) {
      const front = await startGrpcFront(place.receiver.url);
      const env = { ...FULL, OTEL_EXPORTER_OTLP_ENDPOINT: front.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' };
      const { different } = await compare(place, [APP, 'return'], { env });
      front.close();
      return [...different, ...wrongSpans(place, 1)];
    },
  },
  {
    name: 'otel.mode sdk-node with OTEL_METRICS_EXPORTER=prometheus: one page on one port',
    async run(place) {
      const env = { ...place.env, ...FULL, OTEL_METRICS_EXPORTER: 'prometheus', OTEL_EXPORTER_PROMETHEUS_PORT: '9471' };
      const script = `require(${JSON.stringify(join(APPS, 'ask.cjs'))})().then(() => fetch('http://127.0.0.1:9471/metrics')).then(async (page) => console.log(await page.text()))`;
      const { code, stdout, stderr } = await runApp(['--require', REQUIRE, '-e', script], { env });
      const shown = /^purser_calls_total\{.+\} \d/m.test(stdout); // The first page has new series at 0.
      const ours = place.receiver.spans.filter(({ scope }) => scope.name === 'purser').length;
      return [
        ...(ours === 1 ? [] : [`${ours} spans of ours`]),
        ...(code === 0 && stderr === '' && shown ? [] : [`exit ${code}, ${stderr} ${stdout.slice(0, 300)}`]),
      ];
    },
  },
  {
    name: 'OTEL_EXPORTER_OTLP_PROTOCOL=grpc without a full SDK',
    async run(place) {
      const front = await startGrpcFront(place.receiver.url);
      const env = { OTEL_EXPORTER_OTLP_ENDPOINT: front.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' };
      const { different } = await compare(place, [APP, 'return'], { env });
      front.close();
      return [...different, ...wrongSpans(place, 1)];
    },
  },
  olderApi,
  hostFirst,
  hostAtSignal,
];
