import { createRequire } from 'node:module';
import { join } from 'node:path';
import { workingFolder } from '../../base/working-folder.ts';
import { type RedisClient, commandsOf, type RedisCommands } from './redis-commands.ts';
import { RedisStore, type RedisStoreOptions } from './redis-store.ts';

/** How to reach the server: the owner's own client, or an address for which a client is made. */
export type RedisTarget = { readonly client: RedisClient } | { readonly url: string };

interface Sock {
  ref?(): void;
  unref?(): void;
}

interface IoredisInstance {
  readonly stream?: Sock;
  readonly reconnectTimeout?: Sock | null;
  on(event: string, listen: (error?: unknown) => void): unknown;
  disconnect(): void;
}

interface NodeRedisInstance {
  readonly isOpen: boolean;
  on(event: string, listen: () => void): unknown;
  connect(): Promise<unknown>;
  destroy(): void;
  ref(): void;
  unref(): void;
}

const CONNECT_MS = 2000;
const LONGEST_RETRY_MS = 1000;

/** What keeps the process alive only while an answer is awaited. */
interface Hold {
  ref(): void;
  unref(): void;
}

const holding = (commands: RedisCommands, hold: Hold): RedisCommands => {
  let waiting = 0;
  const whileWaiting = async <T>(work: () => Promise<T>): Promise<T> => {
    if (waiting === 0) hold.ref();
    waiting += 1;
    try {
      return await work();
    } finally {
      waiting -= 1;
      if (waiting === 0) hold.unref();
    }
  };
  return {
    run: (script, key, args, holds) => (holds ? whileWaiting(() => commands.run(script, key, args, holds)) : commands.run(script, key, args, holds)),
    info: (section) => commands.info(section),
    close: () => commands.close(),
  };
};

// From the app first, since the client is its choice; then from where this package lies.
const load = (name: string): unknown => {
  for (const from of [join(workingFolder(), 'package.json'), import.meta.url]) {
    try {
      return createRequire(from)(name);
    } catch {
      // The next place may have it.
    }
  }
  return undefined;
};

type Construct<T> = new (url: string, options: object) => T;

const isConstructor = <T>(value: unknown): value is Construct<T> => typeof value === 'function';

const defaultOf = (module: unknown): unknown => {
  if (typeof module === 'object' && module !== null && 'default' in module) return module.default;
  return module;
};

const isGivenUp = (error: unknown): boolean => error instanceof Error && error.name === 'MaxRetriesPerRequestError';

/** ioredis says of a server that is away how often it tried; why it could not connect is in an event of its own. */
const withCause = (commands: RedisCommands, client: IoredisInstance): RedisCommands => {
  let cause: unknown;
  // Without a listener ioredis writes to the console.
  client.on('error', (error) => (cause = error));
  client.on('ready', () => (cause = undefined));
  const saying = <T>(answer: Promise<T>): Promise<T> =>
    answer.catch((error: unknown) => {
      throw isGivenUp(error) ? (cause ?? error) : error;
    });
  return { run: (...args) => saying(commands.run(...args)), info: (section) => saying(commands.info(section)), close: () => commands.close() };
};

const openIoredis = (url: string, isLast: boolean): RedisCommands | undefined => {
  const Redis = defaultOf(load('ioredis') ?? load('iovalkey'));
  if (!isConstructor<IoredisInstance & RedisClient>(Redis)) return undefined;
  const client = new Redis(url, {
    connectTimeout: CONNECT_MS,
    maxRetriesPerRequest: 1,
    enableOfflineQueue: true,
    // A connection for the last word does not wait to hear how the server is.
    enableReadyCheck: !isLast,
    retryStrategy: (times: number) => Math.min(LONGEST_RETRY_MS, 50 * times),
  });
  client.on('connect', () => client.stream?.unref?.());
  // A server that is away must not hold the process with tries without end.
  client.on('reconnecting', () => client.reconnectTimeout?.unref?.());
  const commands = commandsOf(client, () => {
    client.disconnect();
    return Promise.resolve();
  });
  return holding(withCause(commands, client), { ref: () => client.stream?.ref?.(), unref: () => client.stream?.unref?.() });
};

const openNodeRedis = (url: string): RedisCommands | undefined => {
  const module = load('redis');
  if (typeof module !== 'object' || module === null || !('createClient' in module) || typeof module.createClient !== 'function') return undefined;
  const made: unknown = module.createClient({ url, socket: { connectTimeout: CONNECT_MS, reconnectStrategy: false }, disableOfflineQueue: false });
  const client = made as NodeRedisInstance & RedisClient;
  client.on('error', () => undefined);
  // Its own tries without end would hold the process: a connection that was lost is made anew when it is needed.
  const connect = (): void => {
    if (client.isOpen) return;
    client.connect().catch(() => undefined);
    client.unref();
  };
  connect();
  const commands = commandsOf(client, () => {
    if (client.isOpen) client.destroy();
    return Promise.resolve();
  });
  const run: RedisCommands['run'] = (...args) => {
    connect();
    return commands.run(...args);
  };
  return holding({ ...commands, run }, client);
};

/**
 * Opens the store over Redis or Valkey. Gives `undefined` when an address is given and neither ioredis, iovalkey nor redis is installed.
 * Never waits for the server.
 */
export const openRedisStore = (target: RedisTarget, options: RedisStoreOptions = {}): RedisStore | undefined => {
  if ('client' in target)
    return new RedisStore(
      commandsOf(target.client, () => Promise.resolve()),
      options,
    );
  // Valkey speaks the same protocol, and clients know it by the older name.
  const url = target.url.replace(/^valkey/, 'redis');
  const commands = openIoredis(url, options.lastEpoch !== undefined) ?? openNodeRedis(url);
  return commands && new RedisStore(commands, { ...options, exitUrl: url });
};
