import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { goProgram, goProgramPath } from '../../collector/build.ts';
import { type Notice, takeNotices } from '../stack/http.ts';
import { askPanels } from '../stack/panels.ts';
import { Program } from '../stack/program.ts';
import { PrometheusApi } from '../stack/prometheus.ts';
import { Backend } from './backend.ts';
import { nativeCompose, type NativeService } from './compose-native.ts';
import { readCompose } from './compose.ts';
import type { Part } from './variants.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** How long the demo plays before the panels are asked. */
const PLAY_SECONDS = 120;
const WAIT_MS = 60_000;
/** From the end of the demo until everything that it sent has arrived. */
const SETTLE_MS = 15_000;
/** Where dashboards/alertmanager/alertmanager.yml sends to. */
const RECEIVER_PORT = 9095;

/** The version that the compose file runs. */
const imageVersion = (service: string): string => /:v?([\d.]+)/.exec(readCompose().services[service]?.image ?? '')?.[1] ?? '';

/** Prometheus 3.14.0 is the Go module v0.314.0. */
const prometheusModule = (): string => {
  const [major = '', minor = '', patch = ''] = imageVersion('prometheus').split('.');
  return `0.${major}${minor.padStart(2, '0')}.${patch}`;
};

const prometheusProgram = (name: 'prometheus' | 'promtool'): Promise<string> =>
  goProgram(`github.com/prometheus/prometheus/cmd/${name}`, prometheusModule(), name);

/** The Prometheus of the compose file, from its Go module: built once, eight minutes on two cores. */
export const composePrometheus = (): Promise<string> => prometheusProgram('prometheus');

const LOKI = { module: 'github.com/grafana/loki/v3/cmd/loki', name: 'loki' } as const;

/** The Loki of the compose file: half an hour to build, so that it is only built when asked for, and used when it is there. */
const composeLoki = async (wanted: boolean): Promise<string | undefined> => {
  const version = imageVersion('loki');
  const program = goProgramPath(version, LOKI.name);
  if (existsSync(program)) return program;
  return wanted ? goProgram(LOKI.module, version, LOKI.name, { replaces: true }) : undefined;
};

const alertmanagerOf = (): string | undefined =>
  ['prometheus-alertmanager', 'alertmanager'].find((program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0);

/** Runs a program as the user that its container has, where this machine lets us. */
const asUser = ({ user }: NativeService): readonly string[] => {
  if (process.getuid?.() !== 0) return [];
  const before = ['setpriv', `--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups', '--no-new-privs'];
  const able = spawnSync(before[0] ?? '', [...before.slice(1), '--', 'test', '-r', join(ROOT, 'package.json')], { stdio: 'ignore' }).status === 0;
  return able ? [...before, '--'] : [];
};

interface Run {
  readonly service: NativeService;
  readonly program: string;
  readonly args: readonly string[];
}

const start = ({ service, program, args }: Run): Program => {
  const [command = '', ...rest] = [...asUser(service), program, ...args];
  const home = join(service.root, 'home');
  mkdirSync(home, { recursive: true });
  // What the process may not write to is not its own, as in the container.
  const env = { ...service.env, HOME: home, TMPDIR: join(service.root, 'tmp') };
  return new Program(service.name, command, rest, join(service.root, 'log.txt'), env, ROOT);
};

const isHealthy = ([program = '', ...args]: readonly string[], service: NativeService): Promise<boolean> =>
  new Promise((resolve) => {
    execFile(program, args, { cwd: ROOT, timeout: 20_000, env: { ...process.env, TMPDIR: join(service.root, 'tmp') } }, (error) => resolve(error === null));
  });

const until = async (holds: () => Promise<boolean>): Promise<boolean> => {
  for (const end = Date.now() + WAIT_MS; Date.now() < end; await pause(500)) if (await holds()) return true;
  return false;
};

const json = async (url: string): Promise<Record<string, unknown>> => (await (await fetch(url)).json()) as Record<string, unknown>;

interface Rules {
  readonly data: { readonly groups: readonly { readonly rules: readonly { readonly name: string; readonly health: string; readonly type: string }[] }[] };
}

const askPrometheus = async (api: PrometheusApi, alertmanager: number): Promise<Part> => {
  const against: string[] = [];
  const { data } = (await json(`${api.url}/api/v1/rules`)) as unknown as Rules;
  const rules = data.groups.flatMap((group) => group.rules);
  for (const { name, health } of rules) if (health !== 'ok') against.push(`the rule ${name} is ${health}`);
  const up = (await api.instant('up')).series;
  for (const { metric, value } of up) if (value?.[1] !== '1') against.push(`${metric['job']} is not scraped`);
  const told = JSON.stringify(await json(`${api.url}/api/v1/alertmanagers`));
  if (!told.includes(`127.0.0.1:${alertmanager}`)) against.push(`Prometheus knows no Alertmanager: ${told}`);
  return { figures: { 'together.rules': rules.length, 'together.targets': up.length }, bars: {}, against };
};

const askAll = async (api: PrometheusApi): Promise<Part> => {
  const shown = { seconds: PLAY_SECONDS, rateInterval: '1m', scrapeSeconds: 5, choices: {} };
  const results = await askPanels(api, shown);
  const failed = results.filter(({ error }) => error !== undefined);
  // Two minutes after the start there is no yesterday to compare with.
  const empty = results.filter(({ series, quiet, error, expr }) => series === 0 && !quiet && error === undefined && !/ offset 1[dw]/.test(expr));
  return {
    figures: { 'together.queries': results.length, 'together.queriesFailed': failed.length, 'together.queriesEmpty': empty.length },
    bars: { 'together.queriesFailed': 0, 'together.queriesEmpty': 0 },
    against: [...failed, ...empty].map(({ dashboard, panel, refId, error, expr }) => `${dashboard}: ${panel} ${refId}: ${error ?? 'nothing'}: ${expr}`),
  };
};

const logsInLoki = async (port: number): Promise<number> => {
  const query = new URLSearchParams({ query: '{service_name="harbour-desk"}', limit: '1000' });
  const answer = (await json(`http://127.0.0.1:${port}/loki/api/v1/query_range?${query}`)) as {
    readonly data?: { readonly result?: readonly { readonly values: readonly unknown[] }[] };
  };
  return (answer.data?.result ?? []).reduce((sum, { values }) => sum + values.length, 0);
};

interface Programs {
  readonly collector: string;
  readonly prometheus: string;
  readonly promtool: string;
  readonly alertmanager: string;
  readonly loki: string | undefined;
}

const port = (ports: ReadonlyMap<string, number>, key: string): number => ports.get(key) ?? 0;

/** What runs, in the order in which compose would start it, with the addresses that only this machine needs. */
const runs = (services: ReadonlyMap<string, NativeService>, ports: ReadonlyMap<string, number>, programs: Programs): readonly Run[] => {
  const entry = JSON.parse(/^ENTRYPOINT (\[.*\])$/m.exec(readFileSync(join(ROOT, 'deploy/demo/Dockerfile'), 'utf8'))?.[1] ?? '[]') as readonly string[];
  const run = (name: string, program: string | undefined, args: (service: NativeService) => readonly string[]): readonly Run[] => {
    const service = services.get(name);
    return service === undefined || program === undefined ? [] : [{ service, program, args: args(service) }];
  };
  const listen = (name: string, number: number): string => `--web.listen-address=127.0.0.1:${port(ports, `${name}:${number}`)}`;
  return [
    ...run('redis', 'redis-server', ({ args, root }) => [
      ...args.slice(1),
      '--bind',
      '127.0.0.1',
      '--port',
      `${port(ports, 'redis:6379')}`,
      '--dir',
      join(root, 'data'),
    ]),
    ...run('prometheus', programs.prometheus, ({ args }) => [...args, listen('prometheus', 9090)]),
    ...run('alertmanager', programs.alertmanager, ({ args }) => [...args, listen('alertmanager', 9093)]),
    ...run('loki', programs.loki, ({ args }) => [...args, '-server.http-listen-address=127.0.0.1', '-server.grpc-listen-port=0']),
    ...run('collector', programs.collector, ({ args }) => args),
    ...run('demo', process.execPath, () => entry.slice(1)),
  ];
};

/** A health check as this machine can ask it, or nothing where its program is not here. */
const healthCheck = ({ name, health }: NativeService, programs: Programs, redis: number): readonly string[] | undefined => {
  const [program = '', ...args] = health ?? [];
  const own = { node: process.execPath, promtool: programs.promtool, '/usr/bin/loki': programs.loki }[program] ?? program;
  if (name === 'tempo' || (name === 'loki' && programs.loki === undefined)) return undefined;
  const there = own.startsWith('/') ? existsSync(own) : spawnSync('which', [own], { stdio: 'ignore' }).status === 0;
  // The one that asks at a port that stands nowhere.
  const where = program === 'redis-cli' ? ['-p', `${redis}`] : [];
  return program !== '' && args.length > 0 && there ? [own, ...where, ...args] : undefined;
};

const askHealth = async (services: ReadonlyMap<string, NativeService>, programs: Programs, redis: number): Promise<Part> => {
  const checks = [...services.values()].flatMap((service) => {
    const check = healthCheck(service, programs, redis);
    return check === undefined ? [] : [{ service, check }];
  });
  const found = await Promise.all(
    checks.map(async ({ service, check }) => ((await until(() => isHealthy(check, service))) ? [] : [`${service.name} is not healthy: ${check.join(' ')}`])),
  );
  return { figures: { 'together.healthChecks': checks.length }, bars: {}, against: found.flat() };
};

/** What Loki says before its ring has found itself. */
const STARTING = /err="empty ring"/;

/** What the processes said that compose would show in red; the demo's service says nothing but JSON. */
const complaints = (all: readonly Run[]): readonly string[] =>
  all.flatMap(({ service: { name, root } }) => {
    const lines = readFileSync(join(root, 'log.txt'), 'utf8').split('\n');
    const bad =
      name === 'demo'
        ? lines.filter((line) => line !== '' && !line.startsWith('{'))
        : lines.filter((line) => /level=error|\terror\t|panic:/i.test(line) && !STARTING.test(line));
    return bad.slice(0, 5).map((line) => `${name} says: ${line.slice(0, 300)}`);
  });

const askData = async (api: PrometheusApi, backend: Backend, ports: ReadonlyMap<string, number>, programs: Programs): Promise<Part> => {
  const calls = Number((await api.instant('sum(purser_calls_total{job="harbour-desk"})')).series[0]?.value?.[1] ?? 0);
  const keys = Number(execFileSync('redis-cli', ['-p', `${port(ports, 'redis:6379')}`, 'dbsize'], { encoding: 'utf8' }).trim());
  const logs = programs.loki === undefined ? backend.logs.length : await logsInLoki(port(ports, 'loki:3100'));
  const spans = backend.spans.filter(({ attributes }) => attributes['purser.call.id'] !== undefined).length;
  const figures = { 'together.calls': calls, 'together.callSpans': spans, 'together.logs': logs, 'together.redisKeys': keys };
  const against = Object.entries(figures).flatMap(([what, count]) => (count > 0 ? [] : [`${what}: none came`]));
  if (spans !== calls) against.push(`${calls} calls are counted, and ${spans} spans of calls came`);
  const bars = { ...Object.fromEntries(Object.keys(figures).map((what) => [what, 'more than 0'])), 'together.callSpans': 'together.calls' };
  return { figures, bars, against };
};

/**
 * The programs of docker-compose.yml as processes of this machine, with its files, arguments, environment, users and health checks: the real
 * Collector, Prometheus, Alertmanager, Redis, the demo, and Loki where it is built. Tempo is an OTLP receiver of the test, Grafana its queries.
 */
export const askTogether = async (collector: string, base: string, loki: boolean): Promise<Part> => {
  const alertmanager = alertmanagerOf();
  if (alertmanager === undefined) return { figures: {}, bars: {}, against: ['there is no Alertmanager (Debian: prometheus-alertmanager)'] };
  const programs: Programs = {
    collector,
    prometheus: await composePrometheus(),
    promtool: await prometheusProgram('promtool'),
    alertmanager,
    loki: await composeLoki(loki),
  };
  execFileSync(process.execPath, ['tools/build.ts'], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
  const folder = join(base, 'together');
  mkdirSync(folder, { recursive: true });
  for (const open of [base, folder]) chmodSync(open, 0o755);
  const backend = await Backend.start();
  const own = Number(new URL(backend.env['PURSER_TRACES_ENDPOINT'] ?? '').port);
  const notices: Notice[] = [];
  const receiver = await takeNotices((notice) => notices.push(notice));
  const given = new Map([
    ['tempo:4318', own],
    [`alertmanager:${RECEIVER_PORT}`, Number(receiver.address.split(':')[1])],
    ...(programs.loki === undefined ? [['loki:3100', own] as const] : []),
  ]);
  const { services, ports } = await nativeCompose(folder, given);
  const all = runs(services, ports, programs);
  const started: Program[] = [];
  try {
    for (const run of all) started.push(start(run));
    const api = new PrometheusApi(`http://127.0.0.1:${port(ports, 'prometheus:9090')}`);
    const health = await askHealth(services, programs, port(ports, 'redis:6379'));
    await pause(PLAY_SECONDS * 1000);
    const told = new Set(notices.flatMap(({ alerts }) => alerts.map(({ labels }) => labels['alertname'] ?? '')));
    const alerts: Part = {
      figures: { 'together.alertsDelivered': [...told].toSorted().join(' ') },
      bars: { 'together.alertsDelivered': 'some' },
      against: told.size > 0 ? [] : ['no alert reached its receiver'],
    };
    const parts = [health, alerts, await askPrometheus(api, port(ports, 'alertmanager:9093')), await askAll(api)];
    const ended = started.filter((program) => program.ended).map((program) => `${program.name} ended`);
    // What an app sends as it ends counts too.
    await started.at(-1)?.stop();
    await pause(SETTLE_MS);
    parts.push(await askData(api, backend, ports, programs));
    return {
      figures: Object.assign(
        { 'together.programs': all.length, 'together.logsIn': programs.loki === undefined ? 'a receiver of the test' : `Loki ${imageVersion('loki')}` },
        ...parts.map(({ figures }) => figures),
      ) as Record<string, unknown>,
      bars: Object.assign({}, ...parts.map(({ bars }) => bars)) as Record<string, unknown>,
      against: [...parts.flatMap(({ against }) => against), ...ended, ...complaints(all)],
    };
  } finally {
    for (const program of started.toReversed()) await program.stop();
    await backend.away();
    await receiver.close();
  }
};
