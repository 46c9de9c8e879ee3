/** The stores that hold the contract, each under a clock by hand. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import type { Clock } from '../../../src/base/clock.ts';
import type { BudgetStore } from '../../../src/call/budget-store.ts';
import { MemoryStore } from '../../../src/stores/memory/memory-store.ts';
import { commandsOf } from '../../../src/stores/redis/redis-commands.ts';
import { RedisStore } from '../../../src/stores/redis/redis-store.ts';
import { SqliteStore } from '../../../src/stores/sqlite/sqlite-store.ts';
import { redisProgram, startRedis } from './redis-server.ts';

export interface OpenStore {
  readonly store: BudgetStore;
  close(): Promise<void>;
}

export interface StoreKind {
  readonly name: string;
  /** Why it cannot be opened here. */
  readonly missing: string | undefined;
  /** Another way into a store that is among them already. */
  readonly again?: true;
  /** @param forgets keeps what is over no longer than stores do by themselves */
  open(clock: Clock, forgets?: true): Promise<OpenStore>;
}

// Long enough that a test that steps through months forgets nothing.
const YEARS = 50 * 365 * 86_400_000;
const kept = (forgets?: true) => (forgets ? {} : { retention: { slotMs: YEARS, recordMs: YEARS, records: 1e9 } });
const redisOptions = (clock: Clock, forgets?: true) => ({
  nowMs: () => clock.nowMs(),
  gateMs: 0,
  ...(forgets ? {} : { recordMs: YEARS, keepMs: YEARS }),
  timeoutMs: 10_000,
});

const temporary = (): { readonly path: string; readonly remove: () => void } => {
  const path = mkdtempSync(join(tmpdir(), 'purser-store-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
};

const memory: StoreKind = {
  name: 'memory',
  missing: undefined,
  open: (clock, forgets) => {
    const store = new MemoryStore({ clock, ...kept(forgets) });
    return Promise.resolve({ store, close: () => store.close() });
  },
};

const journal: StoreKind = {
  name: 'memory with a journal',
  again: true,
  missing: undefined,
  open: (clock, forgets) => {
    const { path, remove } = temporary();
    const store = new MemoryStore({ clock, ...kept(forgets), journal: { directory: path, durability: 'process', compactBytes: 20_000 } });
    return Promise.resolve({
      store,
      close: async () => {
        await store.close();
        remove();
      },
    });
  },
};

const sqlite: StoreKind = {
  name: 'sqlite',
  missing: undefined,
  open: (clock, forgets) => {
    const { path, remove } = temporary();
    const store = new SqliteStore({ path: join(path, 'budgets.db'), durability: 'process', ...kept(forgets), nowMs: () => clock.nowMs() });
    return Promise.resolve({
      store,
      close: async () => {
        await store.close();
        remove();
      },
    });
  },
};

/** Operations go to either in turn, as from two processes: neither may trust what it remembers of the file. */
const inTurn = (first: BudgetStore, second: BudgetStore): BudgetStore => {
  let turn = 0;
  const next = (): BudgetStore => ((turn += 1) % 3 === 0 ? second : first);
  return {
    name: first.name,
    reserve: (request) => next().reserve(request),
    extend: (request) => next().extend(request),
    settle: (request) => next().settle(request),
    read: (questions) => next().read(questions),
    keys: (budget) => next().keys(budget),
    change: (change) => next().change(change),
    changes: () => next().changes(),
    close: async () => void (await Promise.all([first.close(), second.close()])),
  };
};

const sharedSqlite: StoreKind = {
  name: 'sqlite, shared by two',
  again: true,
  missing: undefined,
  open: (clock, forgets) => {
    const { path, remove } = temporary();
    const options = { path: join(path, 'budgets.db'), durability: 'process', ...kept(forgets), nowMs: () => clock.nowMs() } as const;
    const store = inTurn(new SqliteStore(options), new SqliteStore(options));
    return Promise.resolve({
      store,
      close: async () => {
        await store.close();
        remove();
      },
    });
  },
};

const noRedis = redisProgram === undefined ? 'neither redis-server nor valkey-server is installed' : undefined;

const ioredis: StoreKind = {
  name: 'redis through ioredis',
  missing: noRedis,
  open: async (clock, forgets) => {
    const server = await startRedis();
    const client = new Redis(server.url);
    const store = new RedisStore(
      commandsOf(client, () => Promise.resolve()),
      redisOptions(clock, forgets),
    );
    return {
      store,
      close: async () => {
        client.disconnect();
        await server.stop();
      },
    };
  },
};

const nodeRedis: StoreKind = {
  name: 'redis through node-redis',
  again: true,
  missing: noRedis,
  open: async (clock, forgets) => {
    const server = await startRedis();
    const client = createClient({ url: server.url });
    await client.connect();
    const store = new RedisStore(
      commandsOf(client, () => Promise.resolve()),
      redisOptions(clock, forgets),
    );
    return {
      store,
      close: async () => {
        client.destroy();
        await server.stop();
      },
    };
  },
};

export const storeKinds: readonly StoreKind[] = [memory, journal, sqlite, sharedSqlite, ioredis, nodeRedis];
