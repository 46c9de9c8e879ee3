import { cpSync, chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../support/free-port.ts';
import { type Compose, readCompose, type Service } from './compose.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** One service of docker-compose.yml as a process of this machine. */
export interface NativeService {
  readonly name: string;
  /** Its arguments, with folders and addresses of this machine. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** What asks after its health, without the program that stands first in `CMD`; undefined where a shell or another service asks. */
  readonly health: readonly string[] | undefined;
  readonly user: { readonly uid: number; readonly gid: number };
  /** Where the root of its container would be. */
  readonly root: string;
}

type Ports = ReadonlyMap<string, number>;

const userOf = ({ user = '0:0' }: Service): NativeService['user'] => {
  const [uid = 0, gid = 0] = user.split(':').map(Number);
  return { uid, gid };
};

/** Folders of the container that the service is given: of a file that is mounted, the one that it lies in. */
const foldersOf = ({ volumes = [], tmpfs = [] }: Service): readonly string[] => {
  const mounted = volumes.map((volume) => {
    const [source = '', target = ''] = volume.split(':');
    return source.startsWith('.') && statSync(join(ROOT, source)).isFile() ? dirname(target) : target;
  });
  return [...new Set([...mounted, ...tmpfs])].toSorted((a, b) => b.length - a.length);
};

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** Says of a text of a container what holds on this machine: folders, and addresses of services. */
const translator = (name: string, service: Service, root: string, ports: Ports): ((text: string) => string) => {
  const hosts = [...new Set([...ports.keys()].map((key) => key.split(':')[0] ?? ''))];
  const addresses = new RegExp(String.raw`\b(${hosts.map(escaped).join('|')}|localhost):(\d{2,5})\b`, 'g');
  // All at once: what was put in its place may begin like another folder.
  const folders = new RegExp(String.raw`(^|[\s='"\x5b,-])(${foldersOf(service).map(escaped).join('|') || '(?!)'})(?=[/\s'",\]}]|$)`, 'gm');
  const port = (host: string, number: string): number | undefined => ports.get(`${host === 'localhost' ? name : host}:${number}`);
  return (text) => {
    return text
      .replace(folders, (_, before: string, path: string) => `${before}${root}${path}`)
      .replace(addresses, (all, host: string, number: string) => (port(host, number) === undefined ? all : `127.0.0.1:${port(host, number)}`))
      .replace(/(\}:|0\.0\.0\.0:|port: )(\d{4,5})\b/g, (all, before: string, number: string) => `${before}${port(name, number) ?? number}`)
      .replaceAll('0.0.0.0', '127.0.0.1');
  };
};

const give = (path: string, { uid, gid }: NativeService['user']): void => {
  if (process.getuid?.() === 0) chownSync(path, uid, gid);
};

const copyIn = (source: string, target: string, translate: (text: string) => string): void => {
  mkdirSync(dirname(target), { recursive: true });
  cpSync(source, target, { recursive: true });
  const files = statSync(target).isFile() ? [target] : readdirSync(target).map((file) => join(target, file));
  for (const file of files) if (/\.ya?ml$/.test(basename(file))) writeFileSync(file, translate(readFileSync(file, 'utf8')));
};

const layOut = (service: Service, root: string, translate: (text: string) => string): void => {
  for (const volume of service.volumes ?? []) {
    const [source = '', target = ''] = volume.split(':');
    if (source.startsWith('.')) copyIn(join(ROOT, source), join(root, target), translate);
    else {
      mkdirSync(join(root, target), { recursive: true });
      give(join(root, target), userOf(service));
    }
  }
  for (const folder of service.tmpfs ?? []) {
    mkdirSync(join(root, folder), { recursive: true });
    chmodSync(join(root, folder), 0o1777);
  }
};

/** A default such as `${NAME:-value}` in the environment of a service, as compose would fill it in. */
const filledIn = (value: string): string => value.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1');

const nativeService = (name: string, service: Service, folder: string, ports: Ports): NativeService => {
  const root = join(folder, name);
  mkdirSync(root, { recursive: true });
  const translate = translator(name, service, root, ports);
  layOut(service, root, translate);
  const [kind, ...test] = service.healthcheck?.test ?? [];
  return {
    name,
    args: (service.command ?? []).map(translate),
    env: Object.fromEntries(Object.entries(service.environment ?? {}).map(([key, value]) => [key, translate(filledIn(value))])),
    health: kind === 'CMD' ? test.map(translate) : undefined,
    user: userOf(service),
    root,
  };
};

/** Every `host:port` that the compose file or a mounted file names, and a free port of this machine for it. */
const mapPorts = async (compose: Compose, given: Ports): Promise<Ports> => {
  const names = Object.keys(compose.services);
  const ports = new Map(given);
  const add = async (key: string): Promise<void> => void (ports.has(key) || ports.set(key, await freePort()));
  for (const [name, service] of Object.entries(compose.services)) {
    const mounted = (service.volumes ?? []).map((volume) => join(ROOT, volume.split(':')[0] ?? '')).filter((path) => /\.ya?ml$/.test(path));
    const text = [JSON.stringify(service), ...mounted.map((path) => readFileSync(path, 'utf8'))].join('\n');
    for (const [, number] of text.matchAll(/(?:localhost:|\}:|0\.0\.0\.0:|port: )(\d{4,5})\b/g)) await add(`${name}:${number}`);
    for (const [, host, number] of text.matchAll(new RegExp(`\\b(${names.join('|')}):(\\d{4,5})\\b`, 'g'))) await add(`${host}:${number}`);
  }
  return ports;
};

/**
 * Lays out what docker-compose.yml would give to each container, below one folder: its files, its arguments, its environment and its user.
 * `given` are addresses that the test itself answers, as `service:port`.
 */
export const nativeCompose = async (
  folder: string,
  given: Ports,
): Promise<{ readonly services: ReadonlyMap<string, NativeService>; readonly ports: Ports }> => {
  const compose = readCompose();
  const ports = await mapPorts(compose, given);
  return { ports, services: new Map(Object.entries(compose.services).map(([name, service]) => [name, nativeService(name, service, folder, ports)])) };
};
