import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { examine } from '../../../src/cli/doctor.ts';
import type { Finding } from '../../../src/cli/doctor/finding.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { startGrpcFront } from '../../support/grpc-front.ts';
import { OtlpReceiver } from '../../support/otlp-receiver.ts';
import { purser } from './purser.ts';

const root = mkdtempSync(join(tmpdir(), 'purser-doctor-'));
const servers: Server[] = [];
const sockets = new Set<Socket>();
afterAll(() => rmSync(root, { recursive: true }));
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await Promise.all(servers.splice(0).map((server) => new Promise((done) => server.close(done))));
});

const listen = async (server: Server): Promise<number> => {
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.once('error', () => undefined);
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return (server.address() as AddressInfo).port;
};

const receiver = (answer: RequestListener): Promise<number> => listen(createHttpServer(answer));
const tcp = (greet: (socket: Socket) => void): Promise<number> => listen(createTcpServer(greet));

const freePort = async (): Promise<number> => {
  const port = await tcp(() => undefined);
  await new Promise((done) => servers.pop()?.close(done));
  return port;
};

let apps = 0;
/** A folder with these files; a package is written as its version. */
const app = (files: Readonly<Record<string, string>> = {}): string => {
  const folder = join(root, String((apps += 1)));
  mkdirSync(folder);
  for (const [path, text] of Object.entries(files)) {
    const isPackage = path.startsWith('node_modules/');
    const file = join(folder, path, isPackage ? 'package.json' : '');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, isPackage ? JSON.stringify({ name: path, version: text }) : text);
  }
  return folder;
};

const GOOD_PACKAGES = { 'node_modules/purser': '0.1.0', 'node_modules/openai': '7.55.0', 'node_modules/@opentelemetry/api': '1.10.0' };

interface Report {
  readonly code: number | null;
  readonly findings: readonly Finding[];
}

const doctor = async (env: Readonly<Record<string, string>>, cwd: string): Promise<Report> => {
  const { code, stdout, stderr } = await purser(['doctor', '--json'], env, cwd);
  expect(stderr).toBe('');
  return { code, findings: (JSON.parse(stdout) as { findings: Finding[] }).findings };
};

const bad = ({ findings }: Report): readonly string[] => findings.filter(({ level }) => level === 'broken').map(({ message }) => message);
const odd = ({ findings }: Report): readonly string[] => findings.filter(({ level }) => level === 'warning').map(({ message }) => message);

describe('purser doctor', () => {
  it('finds nothing wrong where nothing is', async () => {
    const seen: string[] = [];
    const port = await receiver((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers['content-type']} ${String(request.headers['x-team'])}`);
      response.end();
    });
    const report = await doctor({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`, OTEL_EXPORTER_OTLP_HEADERS: 'x-team=core' }, app(GOOD_PACKAGES));
    expect(report.findings.filter(({ level }) => level !== 'good')).toEqual([]);
    expect(report.code).toBe(0);
    expect(report.findings.map(({ check }) => check)).toEqual(
      expect.arrayContaining(['node', 'installed', 'sdk', 'api', 'config', 'prices', 'exporter', 'clock']),
    );
    expect(seen.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(['logs', 'metrics', 'traces'].map((signal) => `POST /v1/${signal} application/x-protobuf core`));
  });

  it('prints text for people', async () => {
    const { code, stdout } = await purser(
      ['doctor'],
      { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none', PURSER_STRICT: 'maybe' },
      app(GOOD_PACKAGES),
    );
    expect(code).toBe(1);
    expect(stdout).toContain('BROKEN variable PURSER_STRICT: strict is "maybe", wanted true or false.\n       -> Correct it');
    expect(stdout).toMatch(/1 broken, 0 to look at, \d+ good\.\n$/);
  });
});

describe('purser doctor on a broken set-up', () => {
  const quiet = { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' };

  it('1: nothing listens at the receiver’s address', async () => {
    const port = await freePort();
    const report = await doctor({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` }, app(GOOD_PACKAGES));
    expect(bad(report)).toEqual([`The OTLP receiver at http://127.0.0.1:${port} cannot be used: nothing listens there.`]);
    expect(report.code).toBe(1);
  });

  it('2: the receiver’s address has a path too many', async () => {
    const port = await receiver((request, response) =>
      response.writeHead(request.url?.startsWith('/v1/') === true && !request.url.includes('/v1/v1') && request.url.split('/').length === 3 ? 200 : 404).end(),
    );
    const report = await doctor(
      { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}/v1/traces`, OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' },
      app(GOOD_PACKAGES),
    );
    expect(bad(report)).toEqual([`The OTLP receiver at http://127.0.0.1:${port}/v1/traces/v1/traces answers 404: there is no OTLP at this path.`]);
  });

  it('3: the receiver wants credentials', async () => {
    const port = await receiver((_, response) => response.writeHead(401).end());
    const report = await doctor(
      { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `http://127.0.0.1:${port}/x`, OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' },
      app(GOOD_PACKAGES),
    );
    expect(bad(report)).toEqual([`The OTLP receiver at http://127.0.0.1:${port}/x answers 401: it refuses the credentials.`]);
  });

  it('4: the port is that of gRPC', async () => {
    const port = await tcp((socket) => socket.write(Buffer.from([0, 0, 18, 4, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 100])));
    const report = await doctor({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` }, app(GOOD_PACKAGES));
    expect(bad(report)).toEqual([`The OTLP receiver at http://127.0.0.1:${port} cannot be used: it does not speak HTTP/1.1.`]);
  });

  it('4: the other way round, the port is not that of gRPC; where it is, all is well', async () => {
    const port = await tcp((socket) => socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n'));
    const grpc = { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' };
    const report = await doctor({ ...grpc, OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` }, app(GOOD_PACKAGES));
    expect(bad(report)).toEqual([`The OTLP receiver at http://127.0.0.1:${port} cannot be used: it does not speak gRPC.`]);
    const receiver = await OtlpReceiver.start();
    const front = await startGrpcFront(receiver.url);
    const good = await doctor({ ...grpc, OTEL_EXPORTER_OTLP_ENDPOINT: front.url }, app(GOOD_PACKAGES));
    front.close();
    await receiver.close();
    expect(bad(good)).toEqual([]);
  });

  it('5: the receiver says nothing', async () => {
    const port = await tcp(() => undefined);
    const report = await doctor({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` }, app(GOOD_PACKAGES));
    expect(bad(report)).toEqual([`The OTLP receiver at http://127.0.0.1:${port} cannot be used: it did not answer within 1000 ms.`]);
  });

  it('6: https to a receiver without TLS', async () => {
    const port = await receiver((_, response) => response.end());
    const report = await doctor({ OTEL_EXPORTER_OTLP_ENDPOINT: `https://127.0.0.1:${port}` }, app(GOOD_PACKAGES));
    expect(bad(report)).toEqual([`The OTLP receiver at https://127.0.0.1:${port} cannot be used: it does not speak TLS.`]);
  });

  it('7: the clock is wrong', async () => {
    const port = await receiver((_, response) => {
      response.setHeader('date', new Date(Date.now() - 3_600_000).toUTCString());
      response.end();
    });
    const report = await doctor({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` }, app(GOOD_PACKAGES));
    expect(bad(report)).toEqual([expect.stringMatching(/^The clock of this machine is 36\d\d s ahead of that of the OTLP receiver\.$/)]);
  });

  it('8: the config file has a typing error and a wrong value', async () => {
    const cwd = app({ ...GOOD_PACKAGES, 'purser.config.yaml': 'labels:\n  taem: core\nbudgets:\n  - id: a\n    limit: lots\n    window: day\n' });
    const report = await doctor(quiet, cwd);
    expect(bad(report)[0]).toBe(`${cwd}/purser.config.yaml:2: labels.taem is not an option, wanted a key of docs/CONFIG.md. Did you mean labels.team?`);
    expect(bad(report).slice(1).join('\n')).toContain('purser.config.yaml:5: budgets[0].limit is "lots", wanted');
  });

  it('9: the config file cannot be parsed', async () => {
    const cwd = app({ ...GOOD_PACKAGES, 'purser.config.json': '{\n  "labels": {,}\n}' });
    expect(bad(await doctor(quiet, cwd))).toEqual([`The config file ${cwd}/purser.config.json:2 cannot be read: not valid JSON (PURSER_CONFIG)`]);
  });

  it('10: the SDKs are too old and too new', async () => {
    const report = await doctor(
      quiet,
      app({ ...GOOD_PACKAGES, 'node_modules/openai': '4.104.0', 'node_modules/@google/genai': '4.0.0', 'node_modules/chain/node_modules/openai': '6.49.0' }),
    );
    expect(odd(report)).toEqual([
      'openai 4.104.0 (node_modules/openai) is older than the tested versions 5 to 7.',
      '@google/genai 4.0.0 (node_modules/@google/genai) is newer than the tested versions 1 to 3.',
    ]);
    expect(report.findings.map(({ message }) => message)).toContain('openai 6.49.0 (node_modules/chain/node_modules/openai) is in the tested range 5 to 7.');
  });

  it('11: another instrumentation makes spans of the same calls', async () => {
    const cwd = app({ ...GOOD_PACKAGES, 'node_modules/@opentelemetry/instrumentation-openai': '0.22.0' });
    expect(odd(await doctor(quiet, cwd))).toEqual(['@opentelemetry/instrumentation-openai 0.22.0 may make spans of the same calls.']);
  });

  it('12: the OpenTelemetry API is too old', async () => {
    expect(bad(await doctor(quiet, app({ ...GOOD_PACKAGES, 'node_modules/@opentelemetry/api': '1.8.0' })))).toEqual([
      '@opentelemetry/api 1.8.0 is out of the range 1.9 to 1.10.',
    ]);
  });

  it('12: the other way round, an app without OpenTelemetry needs none', async () => {
    const report = await doctor(quiet, app({ 'node_modules/purser': '0.1.0', 'node_modules/openai': '7.55.0' }));
    expect([...bad(report), ...odd(report)]).toEqual([]);
  });

  it('13: the store is away, or wants a password', async () => {
    const port = await freePort();
    const away = await doctor({ ...quiet, PURSER_STORE_KIND: 'redis', PURSER_STORE_URL: `redis://127.0.0.1:${port}` }, app(GOOD_PACKAGES));
    expect(bad(away)).toEqual([`The store at 127.0.0.1:${port} cannot be reached (ECONNREFUSED).`]);
    const locked = await tcp((socket) => socket.once('data', () => socket.write('-NOAUTH Authentication required.\r\n')));
    const unreadable = await doctor({ ...quiet, PURSER_STORE_KIND: 'redis', PURSER_STORE_URL: 'redis://:p%zz@127.0.0.1:1' }, app(GOOD_PACKAGES));
    expect(bad(unreadable)).toEqual(['The user or the password in store.url cannot be read.']);
    const refused = await doctor({ ...quiet, PURSER_STORE_KIND: 'redis', PURSER_STORE_URL: `redis://127.0.0.1:${locked}` }, app(GOOD_PACKAGES));
    expect(bad(refused)).toEqual([`The store at 127.0.0.1:${locked} refuses the credentials.`]);
    const open = await tcp((socket) => socket.on('data', (data) => socket.write(data.toString().includes('AUTH') ? '+OK\r\n+PONG\r\n' : '-NOAUTH\r\n')));
    const good = await doctor(
      { ...quiet, PURSER_STORE_KIND: 'redis', PURSER_STORE_URL: `redis://:${['pass', 'word'].join('')}@127.0.0.1:${open}` },
      app(GOOD_PACKAGES),
    );
    expect(bad(good)).toEqual([]);
  });

  it('13: a store in SQLite without a path works, and is only pointed at', async () => {
    const report = await doctor({ ...quiet, PURSER_STORE_KIND: 'sqlite' }, app(GOOD_PACKAGES));
    expect([bad(report), odd(report)]).toEqual([[], [expect.stringContaining('store.path is not set')]]);
  });

  it('14: a file stands where a folder must be', async () => {
    const cwd = app({ ...GOOD_PACKAGES, taken: '' });
    const { findings } = await doctor({ ...quiet, PURSER_LEDGER_PATH: 'taken/ledger' }, cwd);
    expect(findings.filter(({ level }) => level === 'broken')).toEqual([
      {
        check: 'ledger.path',
        level: 'broken',
        message: `${cwd}/taken/ledger cannot be made, because ${cwd}/taken is a file and not a folder.`,
        advice: 'Name another place, or move the file away.',
      },
    ]);
    expect(bad(await doctor({ ...quiet, PURSER_LEDGER_PATH: 'taken', PURSER_JSONL_FILE: 'node_modules' }, cwd))).toEqual([
      `${cwd}/node_modules is a folder and not a file.`,
      `${cwd}/taken is a file and not a folder.`,
    ]);
  });

  it('15: the port for Prometheus is taken', async () => {
    const port = await tcp(() => undefined);
    const report = await doctor({ ...quiet, PURSER_PROMETHEUS_PORT: String(port), PURSER_PROMETHEUS_HOST: '127.0.0.1' }, app(GOOD_PACKAGES));
    expect(odd(report)).toEqual([`Port ${port} on 127.0.0.1 is taken, by the running app or by another program.`]);
  });

  it('16: purser is switched off, and not even installed', async () => {
    const report = await doctor({ ...quiet, PURSER_DISABLED: '1' }, app({ 'node_modules/openai': '7.0.0', 'node_modules/@opentelemetry/api': '1.9.0' }));
    expect(odd(report)).toEqual(['Purser is switched off by env:PURSER_DISABLED.', expect.stringContaining('purser is not installed for')]);
  });

  it('18: an SDK is built so that no hook sees it', async () => {
    const cwd = app(GOOD_PACKAGES);
    writeFileSync(join(cwd, 'node_modules/openai/index.js'), 'module.exports = {};');
    expect(bad(await doctor(quiet, cwd))).toEqual(['The module hooks do not see openai.']);
  });

  it('20: packages that stand in no node_modules, as Yarn keeps them with Plug’n’Play, are found', async () => {
    const cwd = app({
      'package.json': '{}',
      'openai/package.json': '{"version":"7.55.0"}',
      'older/package.json': '{"version":"4.0.0"}',
      'purser/package.json': '{}',
    });
    writeFileSync(
      join(cwd, '.pnp.cjs'),
      `const folder = (name) => require('node:path').join(__dirname, name);
      const copies = [{ name: 'openai', at: 'openai' }, { name: 'openai', at: 'virtual' }, { name: 'openai', at: 'older' }, { name: 'purser', at: 'purser' }];
      require('node:module').findPnpApi = () => ({
        resolveToUnqualified(name) {
          const copy = copies.find((one) => one.name === name);
          if (copy === undefined) throw new Error(name + ' is no dependency');
          return folder(copy.at);
        },
        getAllLocators: () => copies,
        getPackageInformation: ({ at }) => ({ packageLocation: folder(at) }),
        resolveVirtual: (path) => (path === folder('virtual') ? folder('openai') : null),
      });`,
    );
    const { findings } = await doctor({ ...quiet, NODE_OPTIONS: `--require ${join(cwd, '.pnp.cjs')}` }, cwd);
    expect(findings.filter(({ check }) => ['installed', 'sdk', 'double'].includes(check)).map(({ message }) => message)).toEqual([
      'purser is installed for this folder.',
      'openai 7.55.0 (openai) is in the tested range 5 to 7.',
      'openai 4.0.0 (older) is older than the tested versions 5 to 7.',
    ]);
  });

  it('19: nothing is wrong with the hooks where the real SDKs are', async () => {
    const { findings } = await doctor(quiet, process.cwd());
    expect(findings).toContainEqual({
      check: 'hooks',
      level: 'good',
      message: 'The module hooks see openai, @anthropic-ai/sdk, @google/genai, @google/generative-ai.',
    });
  });

  it.each([
    ['20.10.0', 'broken', 'has no hooks that are safe'],
    ['20.19.0', 'warning', 'CommonJS modules be hooked only'],
    ['22.15.0', 'warning', 'CommonJS modules be hooked only'],
    ['24.0.0', 'warning', 'CommonJS modules be hooked only'],
    ['22.22.3', 'good', 'sees CommonJS and ES modules'],
    ['24.11.1', 'good', 'sees CommonJS and ES modules'],
    ['26.0.0', 'good', 'sees CommonJS and ES modules'],
  ])('17: Node %s is %s', async (nodeVersion, level, message) => {
    const io = {
      stdout: process.stdout,
      stderr: process.stderr,
      stdin: process.stdin,
      cwd: app(GOOD_PACKAGES),
      env: { ...quiet, NODE_OPTIONS: '--no-experimental-require-module --permission' },
    };
    const findings = await examine({ io, loaded: loadConfig({ env: quiet, cwd: io.cwd }), nodeVersion, nowMs: Date.now() });
    expect(findings[0]).toMatchObject({ check: 'node', level, message: expect.stringContaining(message) as string });
    expect(findings[1]).toMatchObject({ check: 'require_module', level: 'broken' });
    expect(findings[2]).toMatchObject({ check: 'permission', level: 'warning', advice: expect.stringContaining('--allow-worker') as string });
  });
});
