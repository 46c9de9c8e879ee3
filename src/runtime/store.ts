import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { notice } from '../base/diag.ts';
import { loadNow } from '../base/load.ts';
import type { BudgetStore } from '../call/budget-store.ts';
import type { Config } from '../config/config.ts';
import type * as MemoryModule from '../stores/memory/memory-store.ts';
import type * as RedisModule from '../stores/redis/open-redis.ts';
import type * as SqliteModule from '../stores/sqlite/sqlite-store.ts';

/** Where budgets are kept when the owner names no place: per user, so that two users of a host do not meet. */
const defaultPath = (): string => join(tmpdir(), `purser-${process.getuid?.() ?? 'user'}`, 'budgets');

const memoryStore = (config: Config, clock: Clock, namespace: string): BudgetStore => {
  const { MemoryStore } = loadNow<typeof MemoryModule>('stores/memory/memory-store');
  const directory = join(config.store.path ?? defaultPath(), namespace);
  return new MemoryStore({ clock, journal: { directory, durability: config.store.durability } });
};

/** Opens the store that the config names; nothing of the others is loaded. */
export const openStore = (config: Config, clock: Clock): BudgetStore => {
  const { kind, path, url, namespace, durability, timeoutMs } = config.store;
  // Services that say nothing of a namespace are told apart by their names.
  const space = namespace === 'purser' && config.labels.service !== undefined ? `purser-${config.labels.service.replaceAll(/[^\w.-]/g, '_')}` : namespace;
  if (kind === 'sqlite') {
    const { SqliteStore } = loadNow<typeof SqliteModule>('stores/sqlite/sqlite-store');
    return new SqliteStore({ path: path ?? join(defaultPath(), `${space}.sqlite`), durability, timeoutMs });
  }
  if (kind === 'redis') {
    if (url !== undefined) {
      const { openRedisStore } = loadNow<typeof RedisModule>('stores/redis/open-redis');
      const store = openRedisStore({ url }, { namespace, timeoutMs });
      if (store !== undefined) return store;
      notice('store.redis', 'store.kind is redis, wanted the package ioredis or redis beside the app; budgets are kept in this process instead');
    } else
      notice(
        'store.url',
        'store.url is not set, wanted an address such as redis://host:6379, since store.kind is redis; budgets are kept in this process instead',
      );
  }
  return memoryStore(config, clock, space);
};
