import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { notice } from '../base/diag.ts';
import { loadNow } from '../base/load.ts';
import type { BudgetStore } from '../call/budget-store.ts';
import { PurserError } from '../call/errors.ts';
import type { Config } from '../config/config.ts';
import type * as JournalModule from '../stores/memory/journal-reader.ts';
import type * as MemoryModule from '../stores/memory/memory-store.ts';
import type * as RedisModule from '../stores/redis/open-redis.ts';
import type { RedisStoreOptions } from '../stores/redis/redis-store.ts';
import type * as SqliteModule from '../stores/sqlite/sqlite-store.ts';

/** Where budgets are kept when the owner names no place: per user, so that two users of a host do not meet. */
const defaultPath = (): string => join(tmpdir(), `purser-${process.getuid?.() ?? 'user'}`, 'budgets');

/** Services that say nothing of a namespace are told apart by their names. */
const spaceOf = ({ store: { namespace }, labels: { service } }: Config): string =>
  namespace === 'purser' && service !== undefined ? `purser-${service.replaceAll(/[^\w.-]/g, '_')}` : namespace;

const journalFolder = (config: Config): string => join(config.store.path ?? defaultPath(), spaceOf(config));

const memoryStore = (config: Config, clock: Clock): BudgetStore => {
  const { MemoryStore } = loadNow<typeof MemoryModule>('stores/memory/memory-store');
  return new MemoryStore({ clock, journal: { directory: journalFolder(config), durability: config.store.durability } });
};

/** Opens the store over Redis; a text says what is missing for it. */
const redisStore = ({ store: { url, namespace, timeoutMs } }: Config, options: RedisStoreOptions = {}): BudgetStore | string => {
  if (url === undefined) return 'store.url beside it, an address such as redis://host:6379';
  const { openRedisStore } = loadNow<typeof RedisModule>('stores/redis/open-redis');
  try {
    return openRedisStore({ url }, { namespace, timeoutMs, ...options }) ?? 'the package ioredis or redis beside the app';
  } catch (error) {
    // Clients decode what is before the host, and a password may be anything.
    return `a store.url that its client can read (${error instanceof Error ? error.message : String(error)}), with every "%" of a password written as "%25"`;
  }
};

/** Limits are kept no longer than they count; the file is one of their own, so that budgets need not wait for them. */
const limitRetention = (longestMs: number) => ({
  slotMs: 2 * 86_400_000,
  recordMs: 900_000,
  records: 50_000,
  idleMs: Math.max(600_000, 2 * longestMs),
});

/** Opens the store of the limits, of the kind that the config names. In memory nothing of them outlives the process. */
export const openLimitStore = (config: Config, clock: Clock, longestMs: number): BudgetStore => {
  const { kind, path, timeoutMs } = config.store;
  if (kind === 'sqlite') {
    const { SqliteStore } = loadNow<typeof SqliteModule>('stores/sqlite/sqlite-store');
    const file = path ?? join(defaultPath(), `${spaceOf(config)}.sqlite`);
    const store = new SqliteStore({ path: `${file}-limits`, durability: 'process', timeoutMs, retention: limitRetention(longestMs) });
    store.warmUp();
    return store;
  }
  if (kind === 'redis') {
    const store = redisStore(config, { keepMs: 900_000, recordMs: 900_000 });
    if (typeof store !== 'string') return store;
    notice('store.limits', `store.kind is redis, wanted ${store}; each process counts its limits for itself`);
  }
  return openOwnLimitStore(clock, longestMs);
};

/** Opens a store for the limits of this process alone. */
export function openOwnLimitStore(clock: Clock, longestMs: number): BudgetStore {
  const { MemoryStore } = loadNow<typeof MemoryModule>('stores/memory/memory-store');
  return new MemoryStore({ clock, retention: limitRetention(longestMs) });
}

/** Where services without a namespace of their own keep their budgets side by side, and how their places end; `undefined` where they share them. */
export const servicesFolder = ({ store: { kind, path, namespace } }: Config): { readonly folder: string; readonly suffix: string } | undefined => {
  if (namespace !== 'purser') return undefined;
  if (kind === 'memory') return { folder: path ?? defaultPath(), suffix: '' };
  return kind === 'sqlite' && path === undefined ? { folder: defaultPath(), suffix: '.sqlite' } : undefined;
};

/** Nobody's call waits for who looks, and a connection has to be made first: that alone may take several times as long as a call waits. */
const LOOK_MS = 5000;

/**
 * Opens the store that the config names for looking at it from another process; journals of stores in memory are read and never written.
 * @throws {input_invalid} where something is missing for Redis: a process that keeps its budgets itself then is not seen from outside
 */
export const openStoreView = (config: Config, clock: Clock): BudgetStore => {
  const { kind, timeoutMs } = config.store;
  if (kind === 'memory') return loadNow<typeof JournalModule>('stores/memory/journal-reader').openJournalView(journalFolder(config), clock);
  const patient = { ...config, store: { ...config.store, timeoutMs: Math.max(timeoutMs, LOOK_MS) } };
  if (kind === 'sqlite') return openStore(patient, clock);
  const store = redisStore(patient);
  if (typeof store !== 'string') return store;
  throw new PurserError('input_invalid', { where: 'the config', key: 'store.kind', seen: kind, wanted: store });
};

/** Opens the store that the config names; nothing of the others is loaded. */
export function openStore(config: Config, clock: Clock): BudgetStore {
  const { kind, path, durability, timeoutMs } = config.store;
  if (kind === 'sqlite') {
    const { SqliteStore } = loadNow<typeof SqliteModule>('stores/sqlite/sqlite-store');
    const store = new SqliteStore({ path: path ?? join(defaultPath(), `${spaceOf(config)}.sqlite`), durability, timeoutMs });
    store.warmUp();
    return store;
  }
  if (kind === 'redis') {
    const store = redisStore(config);
    if (typeof store !== 'string') return store;
    notice('store.redis', `store.kind is redis, wanted ${store}; budgets are kept in this process instead`);
  }
  return memoryStore(config, clock);
}
