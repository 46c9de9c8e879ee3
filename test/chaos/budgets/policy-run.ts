/** Runs workers against the provider and counts what comes of it. */
import { type ChildProcess, fork } from 'node:child_process';
import type { WorkerNews, WorkerPlan } from './plan.ts';

export interface Tally {
  billedUsd: number;
  calls: number;
  refused: number;
  away: number;
  stopped: number;
  kills: number;
  /** How often each event was told, by its key. */
  readonly events: Map<string, number>;
}

export const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/** Starts the provider. */
export const startProvider = async (): Promise<{ readonly port: number; stop(): void; bill(): Promise<number>; reset(): Promise<void> }> => {
  const child = fork(new URL('./provider.ts', import.meta.url));
  const port = await new Promise<number>((resolve) => {
    child.once('message', (message: { readonly port: number }) => resolve(message.port));
  });
  const ask = async (path: string): Promise<string> => (await fetch(`http://127.0.0.1:${port}${path}`)).text();
  return {
    port,
    stop: () => child.disconnect(),
    bill: async () => (JSON.parse(await ask('/bill')) as { readonly billed: number }).billed / 1e9,
    reset: async () => void (await ask('/reset')),
  };
};

/** Runs so many workers to their end; `kills` of them are killed at random moments and replaced. */
export const runWorkers = async (plan: WorkerPlan, processes: number, kills: number, killEveryMs: number): Promise<Tally> => {
  const tally: Tally = { billedUsd: 0, calls: 0, refused: 0, away: 0, stopped: 0, kills: 0, events: new Map() };
  const hear = (news: WorkerNews): void => {
    if (news.kind === 'event') tally.events.set(`${news.name} ${news.dedupeKey}`, (tally.events.get(`${news.name} ${news.dedupeKey}`) ?? 0) + 1);
    else if (news.kind === 'refused') tally.refused += 1;
    else if (news.kind === 'done') tally.stopped += news.stopped;
    else {
      tally.calls += 1;
      if (news.away) tally.away += 1;
    }
  };
  const startedAt = Date.now();
  const running = new Set<ChildProcess>();
  const start = (): void => {
    const left = Math.max(1000, plan.untilMs - (Date.now() - startedAt));
    const child = fork(new URL('./worker.ts', import.meta.url), [JSON.stringify({ ...plan, untilMs: left })]);
    running.add(child);
    child.on('message', hear);
    child.once('exit', () => running.delete(child));
  };
  for (let started = 0; started < processes; started += 1) start();
  await sleep(1500);
  while (tally.kills < kills && running.size > 0) {
    await sleep(killEveryMs * (0.5 + Math.random()));
    const victim = [...running][Math.floor(Math.random() * running.size)];
    if (victim === undefined) break;
    tally.kills += 1;
    victim.kill('SIGKILL');
    await new Promise((resolve) => {
      victim.once('exit', resolve);
    });
    start();
  }
  while (running.size > 0) await sleep(50);
  return tally;
};
