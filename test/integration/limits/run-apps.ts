/** Processes with the preload that share a store and a provider in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { BillLine, BillSummary } from '../../support/local-provider/bill.ts';

const firstLine = (child: ChildProcess): Promise<string> =>
  new Promise((done, failed) => {
    if (child.stdout === null) return failed(new Error('no output'));
    createInterface(child.stdout).once('line', done);
    child.once('exit', (code, signal) => failed(new Error(`ended with ${code ?? signal} before it was ready`)));
  });

export interface Provider {
  readonly url: string;
  readonly lines: () => Promise<readonly BillLine[]>;
  stop(): void;
}

export const startProvider = async (): Promise<Provider> => {
  const child = spawn(process.execPath, ['test/support/local-provider/main.ts', '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const { listening } = JSON.parse(await firstLine(child)) as { listening: string };
  const lines = async (): Promise<readonly BillLine[]> =>
    ((await (await fetch(`${listening}/__bill`)).json()) as BillSummary).calls.filter(({ requestModel }) => requestModel === 'gpt-5.4');
  return { url: listening, lines, stop: () => void child.kill('SIGKILL') };
};

export interface App {
  readonly pid: number;
  go(): void;
  kill(): void;
  /** What became of its calls. */
  readonly results: Promise<readonly string[]>;
  readonly exit: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null; readonly stderr: string }>;
}

/** A config file with these limits, in a folder of its own. */
export const limitsFile = (folder: string, limits: readonly object[], store: object): string => {
  const file = join(folder, 'purser.config.json');
  writeFileSync(file, JSON.stringify({ limits, store }));
  return file;
};

/** Starts an app and waits until it is ready to go. */
export const startApp = async (url: string, config: string, env: Readonly<Record<string, string>>): Promise<App> => {
  const { NODE_OPTIONS: _, ...inherited } = process.env;
  const child = spawn(process.execPath, ['--import', resolve('dist/register.js'), 'test/integration/limits/app.ts'], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...inherited, BASE: url, PURSER_CONFIG: config, OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none', ...env },
  });
  let output = '';
  let stderr = '';
  child.stdout.on('data', (data) => (output += String(data)));
  child.stderr.on('data', (data) => (stderr += String(data)));
  const exit = new Promise<Awaited<App['exit']>>((done) => {
    child.once('close', (code, signal) => done({ code, signal, stderr }));
  });
  await firstLine(child);
  return {
    pid: child.pid ?? 0,
    go: () => void child.stdin.write('go\n'),
    kill: () => void child.kill('SIGKILL'),
    results: exit.then(() => (output.includes('[') ? (JSON.parse(output.slice(output.indexOf('['))) as string[]) : [])),
    exit,
  };
};

/** The most requests that arrived in any span of this length. */
export const mostInAny = (lines: readonly BillLine[], windowMs: number): number =>
  Math.max(...lines.map(({ arrivedMs: at }) => lines.filter(({ arrivedMs }) => arrivedMs > at - windowMs && arrivedMs <= at).length));

/** The most requests that were worked on at the same moment. */
export const mostAtOnce = (lines: readonly BillLine[]): number =>
  Math.max(...lines.map(({ arrivedMs: at }) => lines.filter(({ arrivedMs, sentMs }) => arrivedMs <= at && sentMs > at).length));
