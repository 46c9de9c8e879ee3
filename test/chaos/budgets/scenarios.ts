/** What is done to budgets, and what must hold all the same. */
import { createConnection } from 'node:net';
import type { RedisServer } from '../../contract/stores/redis-server.ts';
import type { Plan } from './plan.ts';
import { sleep, type Provider, type Tally } from './run.ts';

export const LIMIT = 20;

/** What a fault works with. */
export interface Scene {
  readonly server: RedisServer;
  readonly provider: Provider;
  /** Waits until this share of the limit was billed. */
  readonly spent: (share: number) => Promise<void>;
}

export interface Scenario {
  readonly name: string;
  readonly store: 'redis' | 'sqlite' | 'journal';
  readonly processes: number;
  readonly kills?: number;
  readonly appendonly?: boolean;
  readonly budget?: object;
  readonly plan?: Partial<Plan>;
  /** What is done to the server while the apps run. Gives how many calls went out while it was away. */
  readonly fault?: (scene: Scene) => Promise<number>;
  /** How far over the limit the bill may be, as a share. */
  readonly over: number;
  /** How much of the limit must be used at least, as a share. */
  readonly used: number;
  readonly alsoHolds?: (tally: Tally) => string | undefined;
}

const flushAll = (port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = createConnection(port, '127.0.0.1', () => socket.write('FLUSHALL\r\n'));
    socket.once('data', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });

const eachOnce = ({ alerts }: Tally): string | undefined => {
  const thresholds = [...alerts].filter(([id]) => id.startsWith('purser.budget.threshold all/'));
  const twice = thresholds.filter(([, times]) => times > 1);
  if (twice.length > 0) return `told twice: ${twice.map(([id]) => id).join(', ')}`;
  return thresholds.length >= 2 ? undefined : `only ${thresholds.length} thresholds were told`;
};

const told =
  (event: string) =>
  ({ alerts }: Tally): string | undefined =>
    [...alerts.keys()].some((id) => id.startsWith(event)) ? undefined : `${event} was not told`;

const SLOW: Partial<Plan> = { latencyMs: [800, 2000], untilMs: 40_000 };
const STREAM: Partial<Plan> = { stream: true, maxTokens: 100, outputTokens: [20, 80], latencyMs: [400, 1600] };

export const SCENARIOS: readonly Scenario[] = [
  { name: 'redis', store: 'redis', processes: 6, over: 0, used: 0.97, alsoHolds: eachOnce },
  { name: 'redis, 12 × kill -9', store: 'redis', processes: 6, kills: 12, plan: SLOW, over: 0, used: 0.5 },
  {
    name: 'redis kill -9 with AOF',
    store: 'redis',
    processes: 6,
    appendonly: true,
    plan: SLOW,
    over: 0.001,
    used: 0.9,
    fault: async ({ server, spent }) => {
      await spent(0.3);
      await server.kill();
      await sleep(1000);
      await server.restart();
      return 0;
    },
    alsoHolds: told('purser.store.unavailable'),
  },
  {
    name: 'redis paused 30 s, local slices',
    store: 'redis',
    processes: 6,
    budget: { onStoreUnavailable: 'local', localShare: 0.05 },
    plan: { latencyMs: [1000, 2500], untilMs: 50_000 },
    over: 0,
    // Six processes keep a slice of 5 % each to the end.
    used: 0.6,
    fault: async ({ server, provider, spent }) => {
      await spent(0.25);
      server.pause();
      // What was on its way when the server stopped.
      await sleep(3000);
      const before = (await provider.bill()).requests;
      await sleep(27_000);
      const after = (await provider.bill()).requests;
      server.resume();
      return after - before;
    },
    alsoHolds: ({ away }) => (away > 0 ? undefined : 'no call went out on a slice while the server was paused'),
  },
  {
    name: 'FLUSHALL half way',
    store: 'redis',
    processes: 6,
    plan: SLOW,
    over: 0.02,
    // Each process brings back the highest mark that it saw, and what was charged since comes on top.
    used: 0.8,
    fault: async ({ server, spent }) => {
      await spent(0.5);
      await flushAll(server.port);
      return 0;
    },
    alsoHolds: told('purser.store.data_lost'),
  },
  { name: 'sqlite, 4 processes', store: 'sqlite', processes: 4, over: 0, used: 0.97, alsoHolds: eachOnce },
  { name: 'sqlite, 4 processes, 8 × kill -9', store: 'sqlite', processes: 4, kills: 8, plan: SLOW, over: 0, used: 0.5 },
  { name: 'journal, 6 × kill -9', store: 'journal', processes: 1, kills: 6, plan: { ...SLOW, inFlight: 60 }, over: 0, used: 0.4 },
  { name: 'streams abandoned', store: 'redis', processes: 6, plan: { ...STREAM, abandon: 0.4 }, over: 0, used: 0.5 },
  // Over: what ran ahead of a stopped stream, for each in flight at most. Used: 256 tokens ahead of each are charged, which are dear here.
  {
    name: 'streams, metered and stopped',
    store: 'redis',
    processes: 6,
    budget: { reserve: { kind: 'metered', stepTokens: 100 } },
    plan: STREAM,
    over: 0.01,
    used: 0.6,
  },
  { name: 'usage missing in half of the answers', store: 'redis', processes: 6, plan: { withoutUsage: 0.5 }, over: 0, used: 0.5 },
  {
    name: 'timeouts and retries inside the SDKs',
    store: 'redis',
    processes: 6,
    budget: { attempts: 3 },
    plan: { timeOut: 0.3, maxTokens: 1500, outputTokens: [1000, 1500], untilMs: 25_000 },
    over: 0,
    used: 0.5,
  },
];
