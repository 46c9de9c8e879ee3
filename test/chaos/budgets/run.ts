/** Runs apps with the preload against the provider, kills some, and counts what comes of it. */
import { type ChildProcess, fork } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import type { News, Plan } from './plan.ts';

export interface Tally {
  billedUsd: number;
  answered: number;
  refused: number;
  /** Calls that ended in an error of the SDK's own, by its text. */
  readonly failed: Map<string, number>;
  kills: number;
  /** Calls that reached the provider while the store was away. */
  away: number;
  /** How often each alert reached the owner's webhook, by its id. */
  readonly alerts: Map<string, number>;
}

export const sleep = (ms: number): Promise<void> =>
  new Promise((done) => {
    setTimeout(done, ms);
  });

export interface Provider {
  readonly url: string;
  bill(): Promise<{ readonly usd: number; readonly requests: number }>;
  reset(): Promise<void>;
  stop(): void;
}

/** Starts the provider. */
export const startProvider = async (): Promise<Provider> => {
  const child = fork(new URL('./provider.ts', import.meta.url));
  const next = <T>(): Promise<T> => new Promise((done) => void child.once('message', (message) => done(message as T)));
  const { url } = await next<{ readonly url: string }>();
  let queue: Promise<unknown> = Promise.resolve();
  const ask = <T>(what: 'bill' | 'reset'): Promise<T> => {
    const before = queue;
    const answer = (async (): Promise<T> => {
      await before;
      child.send(what);
      return next<T>();
    })();
    queue = answer;
    return answer;
  };
  return { url, bill: () => ask('bill'), reset: async () => void (await ask('reset')), stop: () => child.disconnect() };
};

/** The owner's webhook. */
export const startReceiver = async (): Promise<{ readonly url: string; readonly alerts: Map<string, number>; stop(): void }> => {
  const alerts = new Map<string, number>();
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (data) => (body += String(data)));
    request.on('end', () => {
      response.end();
      const { type, data } = JSON.parse(body) as { readonly type: string; readonly data: { readonly id: string } };
      alerts.set(`${type} ${data.id}`, (alerts.get(`${type} ${data.id}`) ?? 0) + 1);
    });
  });
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  const stop = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, alerts, stop };
};

/** Runs so many apps to their end; `kills` of them are killed at random moments and replaced. */
export const runApps = async (plan: Plan, config: string, processes: number, kills: number): Promise<Tally> => {
  const tally: Tally = { billedUsd: 0, answered: 0, refused: 0, failed: new Map(), kills: 0, away: 0, alerts: new Map() };
  const hear = (news: News): void => {
    if (news.kind === 'answered') tally.answered += 1;
    else if (news.kind === 'refused') tally.refused += 1;
    else tally.failed.set(news.what, (tally.failed.get(news.what) ?? 0) + 1);
  };
  const { NODE_OPTIONS: _, ...inherited } = process.env;
  const env = { ...inherited, PURSER_CONFIG: config, OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' };
  const startedAt = Date.now();
  const running = new Set<ChildProcess>();
  const start = (): void => {
    const left = Math.max(1000, plan.untilMs - (Date.now() - startedAt));
    const args = [JSON.stringify({ ...plan, untilMs: left })];
    const child = fork(new URL('./app.ts', import.meta.url), args, { env, execArgv: ['--import', resolve('dist/register.js')] });
    running.add(child);
    child.on('message', hear);
    child.once('exit', () => running.delete(child));
  };
  for (let started = 0; started < processes; started += 1) start();
  await sleep(2000);
  while (tally.kills < kills && running.size > 0) {
    await sleep(500 * (0.5 + Math.random()));
    const victim = [...running][Math.floor(Math.random() * running.size)];
    if (victim === undefined) break;
    tally.kills += 1;
    victim.kill('SIGKILL');
    await new Promise((done) => {
      victim.once('exit', done);
    });
    start();
  }
  while (running.size > 0) await sleep(50);
  return tally;
};
