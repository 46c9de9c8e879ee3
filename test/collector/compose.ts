import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { goProgram } from '../../collector/build.ts';
import { envSources, OPTION_ROWS } from '../../src/config/options.ts';
import type { Part } from './variants.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FILE = join(ROOT, 'docker-compose.yml');

/** The module of the compose specification's own loader, whose zip holds the schema; checked against Go's checksum database as it is fetched. */
const COMPOSE_GO = 'github.com/compose-spec/compose-go/v2@v2.16.2';
/** `docker compose` itself, as a program that needs no engine for `config`. */
const COMPOSE = { module: 'github.com/docker/compose/v5/cmd', version: '5.5.0', name: 'docker-compose' } as const;

/** One service, as far as the tests look at it. */
export interface Service {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly user?: string;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly tmpfs?: readonly string[];
  readonly network_mode?: string;
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly read_only?: boolean;
  readonly privileged?: boolean;
}

/** The compose file. */
export interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

/** The schema of the compose specification, from the module cache. */
const schema = (): object => {
  const { Dir } = JSON.parse(execFileSync('go', ['mod', 'download', '-json', COMPOSE_GO], { encoding: 'utf8', cwd: '/' })) as { readonly Dir: string };
  return JSON.parse(readFileSync(join(Dir, 'schema/compose-spec.json'), 'utf8')) as object;
};

const bySchema = (compose: unknown): readonly string[] => {
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  const { $schema: _, ...own } = schema() as Record<string, unknown>;
  const holds = ajv.compile(own);
  return holds(compose) ? [] : (holds.errors ?? []).map((error) => `schema: ${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`);
};

const PINNED = /^[a-z0-9./-]+:v?\d+\.\d+\.\d+([.-][a-z0-9.]+)*(@sha256:[0-9a-f]{64})?$/;
const LOOPBACK = /^127\.0\.0\.1:\d+:\d+$/;
const ROOT_USER = /^(0|root)(:|$)/;

const oneService = (name: string, service: Service, compose: Compose): readonly string[] => {
  const against: string[] = [];
  const { image = '', ports = [], volumes = [], depends_on = {}, user, healthcheck } = service;
  if (!PINNED.test(image)) against.push(`${name}: the image ${image} is not pinned to a version`);
  if (service.build !== undefined && !existsSync(join(ROOT, service.build.dockerfile))) against.push(`${name}: there is no ${service.build.dockerfile}`);
  for (const port of ports) if (!LOOPBACK.test(port)) against.push(`${name}: the port ${port} is open to others`);
  for (const volume of volumes) {
    const [source = ''] = volume.split(':');
    if (source.startsWith('.') ? !existsSync(join(ROOT, source)) : !Object.hasOwn(compose.volumes, source)) against.push(`${name}: there is no ${source}`);
  }
  for (const [other, { condition }] of Object.entries(depends_on)) {
    const there = compose.services[other];
    if (there === undefined) against.push(`${name}: depends on ${other}, which is not there`);
    else if (condition === 'service_healthy' && there.healthcheck === undefined) against.push(`${name}: waits for the health of ${other}, which has no check`);
  }
  // One task changes the owners of volumes and ends: no network, no capability but that one.
  const isTask = service.network_mode === 'none' && JSON.stringify(service.cap_add) === '["CHOWN"]';
  if (user === undefined || (ROOT_USER.test(user) && !isTask)) against.push(`${name}: runs as root`);
  const askedByAnother = Object.entries(compose.services).some(
    ([other, { healthcheck: check }]) => other !== name && check?.test.join(' ').includes(`//${name}:`) === true,
  );
  if (healthcheck === undefined && !isTask && !askedByAnother) against.push(`${name}: nobody asks after its health`);
  if (service.read_only !== true || JSON.stringify(service.cap_drop) !== '["ALL"]' || service.privileged === true)
    against.push(`${name}: may do more than it needs`);
  return against;
};

const unused = (compose: Compose): readonly string[] => {
  const used = new Set(Object.values(compose.services).flatMap(({ volumes = [] }) => volumes.map((volume) => volume.split(':')[0])));
  return Object.keys(compose.volumes).flatMap((volume) => (used.has(volume) ? [] : [`the volume ${volume} is used by nobody`]));
};

/** What one file says about others must be true there. */
const sameElsewhere = (compose: Compose): readonly string[] => {
  const against: string[] = [];
  const read = (file: string): unknown => parse(readFileSync(join(ROOT, file), 'utf8'));
  const [here, there] = [read('deploy/compose/prometheus.yml'), read('dashboards/prometheus/prometheus-otlp.yml')] as Record<string, unknown>[];
  for (const part of ['otlp', 'storage'])
    if (JSON.stringify(here?.[part]) !== JSON.stringify(there?.[part]))
      against.push(`deploy/compose/prometheus.yml: ${part} is not that of prometheus-otlp.yml`);
  const sources = read('dashboards/provisioning/datasources/purser.yaml') as { readonly datasources: readonly { readonly url: string }[] };
  const hosts = sources.datasources.map(({ url }) => new URL(url).hostname);
  for (const host of hosts) if (!Object.hasOwn(compose.services, host)) against.push(`Grafana looks for ${host}, which is not there`);
  const { dist } = read('collector/builder.yaml') as { readonly dist: { readonly version: string } };
  const image = compose.services['collector']?.image ?? '';
  if (!image.endsWith(`:${dist.version}`)) against.push(`the tested Collector is ${dist.version}, the stack runs ${image}`);
  const pod = readFileSync(join(ROOT, 'deploy/kubernetes/collector.yaml'), 'utf8');
  if (!pod.includes(image)) against.push(`deploy/kubernetes/collector.yaml does not run ${image}`);
  return against;
};

/** The variables of Purser's own options, and those of the SDK that it hands on. */
const READ_BY_PURSER = new Set(
  OPTION_ROWS.flatMap(([key, option]) => envSources(key, option).map((source) => (typeof source === 'string' ? source : source.name))),
);

/** Whoever is given a variable reads it, and an address that one service is given is one at which the other listens. */
const environments = (compose: Compose): readonly string[] => {
  const against: string[] = [];
  const collector = readFileSync(join(ROOT, 'otel-collector.yaml'), 'utf8');
  for (const name of Object.keys(compose.services['demo']?.environment ?? {}))
    if (!READ_BY_PURSER.has(name)) against.push(`demo: ${name} is no option of Purser`);
  for (const name of Object.keys(compose.services['collector']?.environment ?? {}))
    if (!collector.includes(`\${env:${name}`)) against.push(`collector: otel-collector.yaml does not read ${name}`);
  const given = new Set(Object.keys(compose.services['collector']?.environment ?? {}));
  for (const needed of ['PURSER_COLLECTOR_HOST', 'PURSER_TRACES_ENDPOINT', 'PURSER_METRICS_ENDPOINT', 'PURSER_LOGS_ENDPOINT'])
    if (!given.has(needed)) against.push(`collector: ${needed} is left at the address of another set-up`);
  return against;
};

/** The ports that each service opens, where a file of ours says so. */
const opened = (compose: Compose): ReadonlyMap<string, ReadonlySet<string>> => {
  const files: Readonly<Record<string, string>> = { collector: 'otel-collector.yaml', tempo: 'deploy/compose/tempo.yaml', loki: 'deploy/compose/loki.yaml' };
  // What has no file says it by its program's default.
  const defaults: Readonly<Record<string, readonly string[]>> = { prometheus: ['9090'], alertmanager: ['9093'], grafana: ['3000'], redis: ['6379'] };
  return new Map(
    Object.keys(compose.services).map((name) => {
      const text = files[name] === undefined ? '' : readFileSync(join(ROOT, files[name]), 'utf8');
      return [name, new Set([...(defaults[name] ?? []), ...[...text.matchAll(/(?:\}:|0\.0\.0\.0:|port: )(\d{4,5})\b/g)].map(([, number = '']) => number)])];
    }),
  );
};

const addresses = (compose: Compose): readonly string[] => {
  const ports = opened(compose);
  const names = Object.keys(compose.services).join('|');
  const mounted = [...new Set(Object.values(compose.services).flatMap(({ volumes = [] }) => volumes.map((volume) => join(ROOT, volume.split(':')[0] ?? ''))))];
  const files = ['docker-compose.yml', 'dashboards/provisioning/datasources/purser.yaml'].map((file) => join(ROOT, file));
  const texts = [...files, ...mounted.filter((path) => /\.ya?ml$/.test(path) && existsSync(path))].map((path) => readFileSync(path, 'utf8'));
  const named = texts.flatMap((text) => [...text.matchAll(new RegExp(`\\b(${names}):(\\d{4,5})\\b`, 'g'))]);
  const wrong = named.filter(([, name = '', number = '']) => ports.get(name)?.has(number) !== true).map(([all]) => `nobody listens at ${all}`);
  const published = Object.entries(compose.services).flatMap(([name, { ports: list = [] }]) =>
    list.flatMap((port) => (ports.get(name)?.has(port.split(':').at(-1) ?? '') === true ? [] : [`${name}: publishes ${port}, where nothing listens`])),
  );
  return [...new Set([...wrong, ...published])];
};

/** Runs `compose config` of the installed plugin, or of the one that Go builds. Gives what it found, and who was asked. */
const byCompose = async (say: (text: string) => void): Promise<{ readonly by: string; readonly against: readonly string[] }> => {
  const installed = spawnSync('docker', ['compose', 'version', '--short'], { encoding: 'utf8' }).status === 0;
  if (!installed) say(`compose: docker compose ${COMPOSE.version} is built from its Go module, once`);
  const [command, before]: [string, readonly string[]] = installed
    ? ['docker', ['compose']]
    : [await goProgram(COMPOSE.module, COMPOSE.version, COMPOSE.name), []];
  const { status, stdout, stderr } = spawnSync(command, [...before, '-f', FILE, 'config', '--format', 'json'], { encoding: 'utf8', cwd: ROOT });
  const by = installed ? 'the installed docker compose' : `docker compose ${COMPOSE.version} from its Go module`;
  if (status !== 0) return { by, against: [`compose config: ${stderr.slice(0, 2000)}`] };
  const { services } = JSON.parse(stdout) as { readonly services: Readonly<Record<string, unknown>> };
  return {
    by,
    against: [
      ...(stderr.trim() === '' ? [] : [`compose config said: ${stderr.slice(0, 1000)}`]),
      ...(Object.keys(services).length > 0 ? [] : ['compose config shows no services']),
    ],
  };
};

/** The compose file as it stands in the repository. */
export const readCompose = (): Compose => parse(readFileSync(FILE, 'utf8'), { merge: true }) as Compose;

/** Where a compose file breaks our own rules; empty when nowhere. */
export const composeRules = (compose: Compose): readonly string[] => [
  ...Object.entries(compose.services).flatMap(([name, service]) => oneService(name, service, compose)),
  ...unused(compose),
  ...sameElsewhere(compose),
  ...environments(compose),
  ...addresses(compose),
];

/** The compose file fits the specification's schema, `docker compose config` takes it, and it keeps our own rules. */
export const askCompose = async (say: (text: string) => void): Promise<Part> => {
  const compose = readCompose();
  const { by, against: found } = await byCompose(say);
  const against = [...bySchema(compose), ...composeRules(compose), ...found];
  return {
    figures: { composeServices: Object.keys(compose.services).length, composeConfigBy: by, composeFaults: against.length },
    bars: { composeFaults: 0 },
    against,
  };
};
