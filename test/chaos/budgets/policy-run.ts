/**
 * Streams of many thousand tokens, which would take long to send one by one: workers ask the policy itself, and a provider tells what it
 * has made in lumps. It holds what only shows at this length: learnt quantiles, grants that are extended, streams that are stopped.
 */
import { fork } from 'node:child_process';
import { startRedis } from '../../contract/stores/redis-server.ts';
import type { WorkerNews, WorkerPlan } from './policy-plan.ts';

export interface LongStreams {
  billedUsd: number;
  calls: number;
  refused: number;
  stopped: number;
}

const startProvider = async (): Promise<{ readonly port: number; bill(): Promise<number>; stop(): void }> => {
  const child = fork(new URL('./policy-provider.ts', import.meta.url));
  const port = await new Promise<number>((resolve) => {
    child.once('message', (message: { readonly port: number }) => resolve(message.port));
  });
  const bill = async (): Promise<number> => ((await (await fetch(`http://127.0.0.1:${port}/bill`)).json()) as { readonly billed: number }).billed / 1e9;
  return { port, bill, stop: () => child.disconnect() };
};

const runWorker = (plan: WorkerPlan, hear: (news: WorkerNews) => void): Promise<void> =>
  new Promise((resolve) => {
    const child = fork(new URL('./policy-worker.ts', import.meta.url), [JSON.stringify(plan)]);
    child.on('message', hear);
    child.once('exit', () => resolve());
  });

/** Runs six workers until a budget of so many dollars is used up. */
export const runLongStreams = async (limit: number): Promise<LongStreams> => {
  const [provider, server] = await Promise.all([startProvider(), startRedis()]);
  const budget = { limit, mode: 'enforce', window: 'total', leaseMs: 3000 };
  const plan: WorkerPlan = {
    provider: provider.port,
    store: { kind: 'redis', url: server.url, namespace: 'chaos' },
    budgets: [
      { ...budget, id: 'all' },
      { ...budget, id: 'team', match: { team: 'chaos' } },
      { ...budget, id: 'user', per: 'user' },
    ],
    inFlight: 20,
    latencyMs: [400, 1600],
    maxTokens: 64_000,
    outputTokens: [200, 12_000],
    stream: true,
    abandon: 0,
    withoutUsage: 0,
    untilMs: 30_000,
  };
  const tally: LongStreams = { billedUsd: 0, calls: 0, refused: 0, stopped: 0 };
  const hear = (news: WorkerNews): void => {
    if (news.kind === 'admitted') tally.calls += 1;
    else if (news.kind === 'refused') tally.refused += 1;
    else if (news.kind === 'done') tally.stopped += news.stopped;
  };
  await Promise.all(Array.from({ length: 6 }, () => runWorker(plan, hear)));
  await new Promise((resolve) => {
    setTimeout(resolve, 300);
  });
  tally.billedUsd = await provider.bill();
  provider.stop();
  await server.stop();
  return tally;
};
