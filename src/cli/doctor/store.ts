import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { connect as connectTls } from 'node:tls';
import type { Check, Finding } from './finding.ts';

const TIMEOUT_MS = 1_000;

/** What keeps this user from writing to a place, and what to do about it. */
interface Hindrance {
  readonly why: string;
  readonly advice: string;
}

const hindranceOf = (error: unknown): Hindrance => {
  const { code = 'failed' } = error as NodeJS.ErrnoException;
  if (code === 'EACCES' || code === 'EPERM') return { why: 'cannot be written by this user', advice: 'Change its rights, or name another place.' };
  if (code === 'EROFS') return { why: 'lies on a file system that is mounted read-only', advice: 'Name another place, or mount a volume there.' };
  return { why: `cannot be written (${code})`, advice: 'Name another place.' };
};

// What is not there yet is made later, so that the nearest folder above must let us.
const hindrance = (path: string, kind: 'file' | 'folder'): Hindrance | undefined => {
  let nearest = path;
  while (!existsSync(nearest) && dirname(nearest) !== nearest) nearest = dirname(nearest);
  try {
    if (nearest !== path && !statSync(nearest).isDirectory())
      return { why: `cannot be made, because ${nearest} is a file and not a folder`, advice: 'Name another place, or move the file away.' };
    if (nearest === path && statSync(path).isDirectory() !== (kind === 'folder'))
      return { why: `is a ${kind === 'folder' ? 'file' : 'folder'} and not a ${kind}`, advice: `Name a ${kind}.` };
    accessSync(nearest, constants.W_OK);
    return undefined;
  } catch (error) {
    return hindranceOf(error);
  }
};

const words = (parts: readonly string[]): string => `*${parts.length}\r\n${parts.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`).join('')}`;

const greeting = ({ username, password }: URL): string => {
  const login = password === '' ? [] : ['AUTH', ...(username === '' ? [] : [decodeURIComponent(username)]), decodeURIComponent(password)];
  return `${login.length === 0 ? '' : words(login)}${words(['PING'])}`;
};

const isDecodable = ({ username, password }: URL): boolean => {
  try {
    return decodeURIComponent(username + password) !== undefined;
  } catch {
    return false;
  }
};

const TLS: ReadonlySet<string> = new Set(['rediss:', 'valkeys:']);

const open = (address: URL): Socket => {
  const port = Number(address.port === '' ? 6379 : address.port);
  const host = address.hostname.replace(/^\[|\]$/g, '');
  return TLS.has(address.protocol) ? connectTls({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}) }) : connectTcp({ host, port });
};

/** Speaks to Redis or Valkey; gives its last line of an answer to PING, or the code of the failure. */
const ping = (address: URL): Promise<string> =>
  new Promise((resolve) => {
    const socket = open(address);
    let heard = '';
    const end = (answer: string): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => end('ETIMEDOUT'), TIMEOUT_MS);
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? 'failed'));
    socket.once('close', () => end(heard === '' ? 'ECONNRESET' : heard));
    socket.on('data', (data) => {
      heard += data.toString('latin1');
      if (/^(?:\+PONG|-[^\n]*)\r\n$/m.test(heard)) end(heard);
    });
    socket.write(greeting(address));
  });

const broken = (message: string, advice: string): Finding => ({ check: 'store', level: 'broken', message, advice });

const redis = async (address: string | undefined): Promise<Finding> => {
  if (address === undefined || !URL.canParse(address))
    return broken('store.kind is redis and store.url is not set.', 'Set PURSER_STORE_URL, such as redis://host:6379.');
  const url = new URL(address);
  if (!isDecodable(url)) return broken('The user or the password in store.url cannot be read.', 'Write every "%" of a password as "%25".');
  const answer = await ping(url);
  if (answer.includes('+PONG')) return { check: 'store', level: 'good', message: `The store at ${url.host} answers.` };
  if (/-(?:NOAUTH|WRONGPASS|ERR AUTH|NOPERM)/.test(answer))
    return broken(`The store at ${url.host} refuses the credentials.`, 'Put the user and password into store.url.');
  return broken(
    `The store at ${url.host} cannot be reached (${/^[A-Z_]+$/.test(answer) ? answer : 'it is no Redis'}).`,
    'Check the address and the network; until then on_store_unavailable decides.',
  );
};

const sqlite = (path: string | undefined): Finding => {
  if (process.getBuiltinModule('node:sqlite') === undefined) {
    return { check: 'store', level: 'broken', message: 'This Node has no node:sqlite.', advice: 'Use Node 22.13+ or 24, or store.kind memory.' };
  }
  return path === undefined
    ? {
        check: 'store',
        level: 'warning',
        message: 'store.kind is sqlite and store.path is not set: each service has a file of its own below the folder for temporary files.',
        advice: 'Set PURSER_STORE_PATH to a file where services share budgets, or where they must outlive that folder.',
      }
    : writable('store', path, 'file');
};

const writable = (check: string, path: string, kind: 'file' | 'folder'): Finding => {
  const found = hindrance(path, kind);
  return found === undefined
    ? { check, level: 'good', message: `${path} can be written.` }
    : { check, level: 'broken', message: `${path} ${found.why}.`, advice: found.advice };
};

const store: Check = async ({ loaded }) => {
  const { kind, path, url } = loaded.config.store;
  if (kind === 'redis') return [await redis(url)];
  if (kind === 'sqlite') return [sqlite(path)];
  return path === undefined ? [] : [writable('store', path, 'folder')];
};

const files: Check = ({ loaded }) => {
  const { jsonl, ledger, alerts, pricing } = loaded.config;
  const places = [
    ['jsonl.file', jsonl.file, 'file'],
    ['ledger.path', ledger.path, 'folder'],
    ['alerts.outbox', alerts.outbox, 'folder'],
    ['pricing.cache_dir', pricing.cacheDir, 'folder'],
  ] as const;
  return places.flatMap(([key, path, kind]) => (path === undefined ? [] : [writable(key, path, kind)]));
};

/** Whether the store of the budgets answers, and the files can be written. */
export const STORE_CHECKS: readonly Check[] = [store, files];
