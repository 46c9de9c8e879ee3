/** Runs the lives of apps: four at a time, some of which are killed at a random moment, until so many calls have an answer. */
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';

/** One life of an app. */
export interface Life {
  readonly first: number;
  readonly calls: number;
  /** Numbers of calls whose answer the app had. */
  readonly answered: Set<number>;
  killed: boolean;
  code: number | null;
  err: string;
}

export interface LivesPlan {
  /** The preload. */
  readonly register: string;
  readonly url: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly processes: number;
  readonly atOnce: number;
  /** Calls of one life, when nobody kills it. */
  readonly callsOfLife: number;
  /** The calls that all lives together must have an answer of. */
  readonly calls: number;
  readonly kills: number;
}

const ROOT = join(import.meta.dirname, '../../..');

const start = (plan: LivesPlan, first: number, calls: number): { readonly life: Life; readonly child: ChildProcess; readonly ended: Promise<void> } => {
  const child = spawn(
    process.execPath,
    ['--import', plan.register, join(import.meta.dirname, 'app.mjs'), plan.url, String(first), String(calls), String(plan.atOnce)],
    { cwd: ROOT, env: { ...plan.env }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const life: Life = { first, calls, answered: new Set(), killed: false, code: null, err: '' };
  let rest = '';
  child.stdout.on('data', (chunk) => {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) life.answered.add(Number(line));
  });
  child.stderr.on('data', (chunk) => (life.err += String(chunk)));
  const ended = new Promise<void>((resolve) => {
    child.once('close', (code) => {
      life.code = code;
      resolve();
    });
  });
  return { life, child, ended };
};

/** Runs lives until the calls are made. */
export const runLives = async (plan: LivesPlan): Promise<readonly Life[]> => {
  const lives: Life[] = [];
  const running = new Map<Life, { readonly child: ChildProcess; readonly ended: Promise<void> }>();
  let next = 0;
  const answered = (): number => lives.reduce((sum, life) => sum + life.answered.size, 0);
  const promised = (): number => [...running.keys()].reduce((sum, life) => sum + life.calls - life.answered.size, 0);
  const fill = (): void => {
    while (running.size < plan.processes && answered() + promised() < plan.calls) {
      const calls = Math.min(plan.callsOfLife, plan.calls - answered() - promised());
      const { life, child, ended } = start(plan, next, calls);
      next += calls;
      lives.push(life);
      running.set(life, { child, ended });
      void ended.then(() => running.delete(life));
    }
  };
  const everyCalls = plan.calls / (plan.kills + 1);
  let kills = 0;
  for (;;) {
    fill();
    if (running.size === 0 && answered() >= plan.calls) return lives;
    await sleep(20 + Math.random() * 60);
    const busy = [...running].filter(([life]) => life.answered.size > 0);
    const [life, { child, ended } = {}] = busy[Math.floor(Math.random() * busy.length)] ?? [];
    if (kills >= plan.kills || answered() < everyCalls * (kills + 0.5 + Math.random()) || life === undefined) continue;
    kills += 1;
    life.killed = child?.kill('SIGKILL') === true;
    await ended;
  }
};
