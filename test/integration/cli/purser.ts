import { spawn, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';

/** The entry of the command line, as it is built. */
export const MAIN = resolve('dist/cli/main.js');

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Variables that a test sets, with none of the machine's own PURSER_* and OTEL_* among them. */
export const cleanEnv = (env: Readonly<Record<string, string | undefined>> = {}): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(PURSER|OTEL|NODE_OPTIONS|VITEST)/.test(name))),
  ...env,
});

/** Starts `purser` in a process of its own. */
export const start = (args: readonly string[], env: NodeJS.ProcessEnv = cleanEnv(), cwd: string = process.cwd()): ChildProcess =>
  spawn(process.execPath, [MAIN, ...args], { cwd, env, stdio: 'pipe' });

/** Waits for the end of a process. */
export const ended = async (child: ChildProcess): Promise<Ended> => {
  const output = Promise.all([child.stdout, child.stderr].map((stream) => (stream === null ? Promise.resolve('') : text(stream))));
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((done) => child.once('close', (...how) => done(how)));
  const [stdout = '', stderr = ''] = await output;
  return { code, signal, stdout, stderr };
};

/** Runs `purser` to its end. */
export const purser = (args: readonly string[], env: Readonly<Record<string, string | undefined>> = {}, cwd?: string): Promise<Ended> => {
  const child = start(args, cleanEnv(env), cwd);
  child.stdin?.end();
  return ended(child);
};
