import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A program that the demo started and that said where it listens. */
export interface Child {
  readonly name: string;
  readonly url: string;
  /** What it wrote to stderr, line by line. */
  readonly complaints: readonly string[];
  /** True while it runs. */
  alive(): boolean;
  /** Asks it to end by SIGTERM and waits; kills it after `patienceMs`. Gives its exit code or the signal that ended it. */
  stop(patienceMs?: number): Promise<number | string>;
}

const ended = (child: ChildProcess): Promise<number | string> =>
  new Promise((done) => {
    if (child.exitCode !== null || child.signalCode !== null) done(child.exitCode ?? child.signalCode ?? 0);
    else child.once('exit', (code, signal) => done(code ?? signal ?? 0));
  });

const PATIENCE_MS = 5_000;
const START_MS = 20_000;

/** Starts a Node program and waits for its first line on stdout, `{"listening": url}`. */
export const startChild = async (name: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<Child> => {
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: Ctrl-C in the terminal is for the demo, which then ends its children in their order.
    detached: true,
  });
  const killLate = (): void => void child.kill('SIGKILL');
  process.once('exit', killLate);
  child.once('exit', () => process.removeListener('exit', killLate));
  const complaints: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => complaints.push(line));
  const url = await new Promise<string>((done, fail) => {
    const timer = setTimeout(() => fail(new Error(`${name} did not say within ${START_MS} ms where it listens\n${complaints.join('\n')}`)), START_MS);
    createInterface({ input: child.stdout }).once('line', (line) => {
      clearTimeout(timer);
      done((JSON.parse(line) as { listening: string }).listening);
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      fail(new Error(`${name} ended with ${code} at its start\n${complaints.join('\n')}`));
    });
  });
  return {
    name,
    url,
    complaints,
    alive: () => child.exitCode === null && child.signalCode === null,
    stop: async (patienceMs = PATIENCE_MS) => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
      const how = await ended(child);
      clearTimeout(timer);
      return how;
    },
  };
};
