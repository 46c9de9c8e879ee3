import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { BudgetStore } from '../call/budget-store.ts';
import { MemoryStore } from './memory/memory-store.ts';
import { openRedisStore } from './redis/open-redis.ts';
import type { RedisClient } from './redis/redis-commands.ts';
import { SqliteStore } from './sqlite/sqlite-store.ts';

/** Which store keeps the budgets, and where. */
export interface StoreSettings {
  readonly kind: 'memory' | 'sqlite' | 'redis';
  /** The folder of the journal, or the file of sqlite. Without it memory keeps no journal. */
  readonly path?: string;
  /** The address of Redis or Valkey: `redis:`, `rediss:`, `valkey:` or `valkeys:`. */
  readonly url?: string;
  /** The owner's own ioredis, iovalkey or node-redis; goes before `url` and stays open. */
  readonly client?: RedisClient;
  /** Names the set of budgets in a shared server. @default 'purser' */
  readonly namespace?: string;
  /** `process` outlives a kill, `machine` also a loss of power. @default 'process' */
  readonly durability?: 'process' | 'machine';
  /** How long an operation may take, in milliseconds. @default 1000 for redis, 5000 for sqlite */
  readonly timeoutMs?: number;
}

/** A store, or the reason in words why there is none. */
export type OpenedStore = { readonly kind: 'open'; readonly store: BudgetStore } | { readonly kind: 'problem'; readonly problem: string };

const DEFAULT_FILE = 'budgets.db';

const openRedis = ({ client, url, namespace = 'purser', timeoutMs }: StoreSettings): OpenedStore => {
  const options = { namespace, ...(timeoutMs === undefined ? {} : { timeoutMs }) };
  const target = client === undefined ? url && { url: url.replace(/^valkey/, 'redis') } : { client };
  if (target === undefined || target === '') return { kind: 'problem', problem: 'the store redis needs store.url, or a client' };
  const store = openRedisStore(target, options);
  return store === undefined ? { kind: 'problem', problem: 'the store redis needs ioredis, iovalkey or redis to be installed' } : { kind: 'open', store };
};

/** Opens a store. Never throws and never waits: a server that is away is found out by the first operation. */
export const openStore = (settings: StoreSettings, clock: Clock): OpenedStore => {
  const { kind, path, durability = 'process', timeoutMs } = settings;
  switch (kind) {
    case 'memory':
      return { kind: 'open', store: new MemoryStore({ clock, ...(path === undefined ? {} : { journal: { directory: path, durability } }) }) };
    case 'sqlite': {
      if (path === undefined) return { kind: 'problem', problem: 'the store sqlite needs store.path' };
      const file = /\.\w+$/.test(path) ? path : join(path, DEFAULT_FILE);
      return { kind: 'open', store: new SqliteStore({ path: file, durability, ...(timeoutMs === undefined ? {} : { timeoutMs }) }) };
    }
    case 'redis':
      return openRedis(settings);
  }
};
