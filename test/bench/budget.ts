/** How long reserve and settle take with three budgets, for each store; and how much of a small budget is usable. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { systemClock } from '../../src/base/clock.ts';
import type { BudgetLine, BudgetStore, HeldLine } from '../../src/call/budget-store.ts';
import { slotsOf } from '../../src/policies/budget/window.ts';
import { MemoryStore } from '../../src/stores/memory/memory-store.ts';
import { commandsOf } from '../../src/stores/redis/redis-commands.ts';
import { RedisStore } from '../../src/stores/redis/redis-store.ts';
import { SqliteStore } from '../../src/stores/sqlite/sqlite-store.ts';
import { redisProgram, startRedis } from '../contract/stores/redis-server.ts';
import { measureAdmission } from './budget-admission.ts';
import { usableShare } from './budget-share.ts';

interface Timing {
  readonly p50: number;
  readonly p99: number;
}

const day = slotsOf({ kind: 'calendar', every: 'day', tz: 'Europe/Berlin', anchorDay: 1 }, 0);
const month = slotsOf({ kind: 'calendar', every: 'month', tz: 'UTC', anchorDay: 1 }, 0);
const total = slotsOf({ kind: 'total' }, 0);

// As the policy has them: the same list for every call.
const THRESHOLDS = [0.5, 0.8, 1];

const linesNow = (): readonly BudgetLine[] => {
  const now = Date.now();
  return [day(now), month(now), total(now)].map((slots, index) => ({
    key: `bench-${index}`,
    slots,
    limit: 8e15,
    amount: 1000 + index,
    enforce: true,
    thresholds: THRESHOLDS,
  }));
};

const timing = (times: number[]): Timing => {
  const sorted = Float64Array.from(times).sort();
  const at = (share: number): number => Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 10) / 10;
  return { p50: at(0.5), p99: at(0.99) };
};

const microseconds = (): number => performance.now() * 1000;

let made = 0;

const pair = async (store: BudgetStore): Promise<readonly [number, number]> => {
  const id = `bench-${process.pid}-${(made += 1)}`;
  const lines = linesNow();
  const start = microseconds();
  const answer = store.reserve({ id, leaseMs: 60_000, lines });
  const came = answer instanceof Promise ? await answer : answer;
  const reserved = microseconds();
  if (came.kind !== 'reserved') throw new Error(came.kind);
  const held = lines.map((line, index): HeldLine => ({ ...line, slotMs: came.lines[index]?.slotMs ?? 0, amount: 500 }));
  const before = microseconds();
  const settled = store.settle({ id, lines: held });
  if (settled instanceof Promise) await settled;
  return [reserved - start, microseconds() - before];
};

const measure = async (store: BudgetStore, rounds: number): Promise<{ readonly reserve: Timing; readonly settle: Timing }> => {
  for (let round = 0; round < rounds / 4; round += 1) await pair(store);
  const reserve: number[] = [];
  const settle: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const [a, b] = await pair(store);
    reserve.push(a);
    settle.push(b);
  }
  return { reserve: timing(reserve), settle: timing(settle) };
};

const directory = mkdtempSync(join(tmpdir(), 'purser-bench-'));
const figures: Record<string, number> = {};
const note = (name: string, { reserve, settle }: { readonly reserve: Timing; readonly settle: Timing }): void => {
  Object.assign(figures, {
    [`${name}_reserve_p50_us`]: reserve.p50,
    [`${name}_reserve_p99_us`]: reserve.p99,
    [`${name}_settle_p50_us`]: settle.p50,
    [`${name}_settle_p99_us`]: settle.p99,
  });
  console.log(`${name.padEnd(16)} reserve ${reserve.p50} / ${reserve.p99} µs   settle ${settle.p50} / ${settle.p99} µs   (p50 / p99)`);
};

const bars: Record<string, string> = {
  admit_p50_us: '<= 5',
  journal_reserve_p50_us: '<= 5',
  journal_settle_p50_us: '<= 5',
  sqlite_reserve_p50_us: '<= 30',
  sqlite_settle_p50_us: '<= 30',
  share_5_usd: '>= 0.90',
  share_25_usd: '>= 0.99',
};

const [cpu] = cpus();
console.log(`${cpu?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}`);

const memory = new MemoryStore({ clock: systemClock });
note('memory', await measure(memory, 50_000));
const journal = new MemoryStore({ clock: systemClock, journal: { directory, durability: 'process' } });
note('journal', await measure(journal, 50_000));
await journal.close();

figures['admit_p50_us'] = measureAdmission(join(directory, 'policy'));
console.log(`admission of a call by the policy, 3 budgets, with a journal: ${figures['admit_p50_us']} µs p50`);

const sqlite = new SqliteStore({ path: join(directory, 'budgets.db'), durability: 'process' });
note('sqlite', await measure(sqlite, 10_000));
await sqlite.close();

if (redisProgram === undefined) console.log('redis: not measured, no redis-server is installed');
else {
  bars['redis_reserve_over_ping_us'] = '<= 60';
  bars['redis_settle_over_ping_us'] = '<= 60';
  console.log(execFileSync(redisProgram, ['--version'], { encoding: 'utf8' }).trim());
  const server = await startRedis();
  const client = new Redis(server.url);
  const store = new RedisStore(commandsOf(client, () => Promise.resolve()));
  await pair(store);
  // PING and the two operations in turn, so that all three see the same load.
  const pings: number[] = [];
  const reserve: number[] = [];
  const settle: number[] = [];
  for (let round = 0; round < 12_000; round += 1) {
    const start = microseconds();
    await client.ping();
    const ping = microseconds() - start;
    const [a, b] = await pair(store);
    if (round < 2000) continue;
    pings.push(ping);
    reserve.push(a);
    settle.push(b);
  }
  const ping = timing(pings);
  note('redis', { reserve: timing(reserve), settle: timing(settle) });
  console.log(`redis PING       ${ping.p50} / ${ping.p99} µs`);
  figures['redis_ping_p50_us'] = ping.p50;
  figures['redis_reserve_over_ping_us'] = Math.round((timing(reserve).p50 - ping.p50) * 10) / 10;
  figures['redis_settle_over_ping_us'] = Math.round((timing(settle).p50 - ping.p50) * 10) / 10;
  client.disconnect();
  await server.stop();
}

for (const dollars of [5, 25]) {
  const { share, overshoot, stopped } = usableShare(dollars);
  figures[`share_${dollars}_usd`] = share;
  figures[`overshoot_${dollars}_usd`] = overshoot;
  console.log(
    `a budget of $${dollars} at 64,000 max tokens: ${(share * 100).toFixed(1)} % used, ${(overshoot * 100).toFixed(2)} % over, ${(stopped * 100).toFixed(2)} % of calls cut short`,
  );
}
rmSync(directory, { recursive: true, force: true });

const holds = ([name, bar]: [string, string]): boolean => {
  const [sign, limit] = bar.split(' ');
  const value = figures[name];
  return value !== undefined && (sign === '<=' ? value <= Number(limit) : value >= Number(limit));
};
const pass = Object.entries(bars).every(holds);
for (const entry of Object.entries(bars)) if (!holds(entry)) console.log(`missed: ${entry[0]} is ${figures[entry[0]]}, wanted ${entry[1]}`);
console.log(JSON.stringify({ name: 'budget', pass, figures, bars }));
process.exitCode = pass ? 0 : 1;
