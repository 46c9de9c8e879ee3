import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { nodeExecutable } from './executable.ts';
import type { Io } from './io.ts';
import { registerPath } from './register-path.ts';

const WRONG_USE = 2;
const NOT_EXECUTABLE = 126;
const NOT_FOUND = 127;
const SIGNAL_BASE = 128;

/**
 * `NODE_OPTIONS` with the preload added behind what is there; the same when it is there already.
 *
 * @source Node splits the variable at spaces; a path with spaces stands in double quotes, with quotes and backslashes escaped: https://nodejs.org/docs/latest-v24.x/api/cli.html#node_optionsoptions
 */
export const nodeOptions = (before: string | undefined, preload: string): string => {
  const quoted = /[\s"\\]/.test(preload) ? `"${preload.replace(/["\\]/g, '\\$&')}"` : preload;
  const flag = `--require ${quoted}`;
  if (before === undefined || before.trim() === '') return flag;
  return before.includes(flag) ? before : `${before} ${flag}`;
};

// All that a process can be told to end or pause with; what cannot be caught needs no forwarding.
const FORWARDED = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH', 'SIGBREAK'] as const satisfies readonly NodeJS.Signals[];
// A terminal sends these to all processes in its foreground; passed on as well, they would arrive twice.
const FROM_TERMINAL: ReadonlySet<string> = new Set(['SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGWINCH', 'SIGBREAK']);

const forwardSignals = (send: (signal: NodeJS.Signals) => void, atTerminal: boolean): (() => void) => {
  const listeners = FORWARDED.filter((signal) => signal in constants.signals).map((signal) => {
    const listener = (): void => {
      if (!atTerminal || !FROM_TERMINAL.has(signal)) send(signal);
    };
    process.on(signal, listener);
    return () => void process.off(signal, listener);
  });
  return () => listeners.forEach((remove) => remove());
};

const failure = (error: NodeJS.ErrnoException, command: string, io: Io): number => {
  io.stderr.write(
    `purser run: ${error.code === 'ENOENT' ? `there is no command "${command}"` : `"${command}" cannot be run, ${error.code ?? error.message}`}\n`,
  );
  return error.code === 'ENOENT' ? NOT_FOUND : NOT_EXECUTABLE;
};

// Ended by a signal, we end by the same one, so that whoever waits for us sees what it would have seen.
const endBy = (signal: NodeJS.Signals): number => {
  if (process.platform !== 'win32') process.kill(process.pid, signal);
  return SIGNAL_BASE + (constants.signals[signal] ?? 0);
};

const spawned = async (command: string, args: readonly string[], env: NodeJS.ProcessEnv, io: Io): Promise<number> => {
  const child = spawn(command, args, { stdio: 'inherit', cwd: io.cwd, env });
  const stopForwarding = forwardSignals((signal) => void child.kill(signal), process.stdin.isTTY);
  return new Promise((resolve) => {
    child.once('error', (error) => {
      stopForwarding();
      resolve(failure(error, command, io));
    });
    child.once('exit', (code, signal) => {
      stopForwarding();
      resolve(signal === null ? (code ?? 1) : endBy(signal));
    });
  });
};

/**
 * `purser run -- node app.js`: runs a command with the preload in `NODE_OPTIONS`. A Node program takes the place of this
 * process where the system can do that, so that its process id, streams, signals and exit code are its own; any other
 * command runs as a child, with signals and exit code passed through.
 */
export const run = async (args: readonly string[], io: Io): Promise<number> => {
  const [command, ...rest] = args[0] === '--' ? args.slice(1) : args;
  if (command === undefined || (args[0] !== '--' && command.startsWith('-'))) {
    io.stderr.write('usage: purser run -- COMMAND [ARGUMENT ...]\n');
    return WRONG_USE;
  }
  const env = { ...io.env, NODE_OPTIONS: nodeOptions(io.env.NODE_OPTIONS, registerPath()) };
  // Not for other programs: they would inherit the signals that Node ignores, such as SIGPIPE.
  const file = typeof process.execve === 'function' ? nodeExecutable(command, io.env.PATH, io.cwd) : undefined;
  if (file !== undefined && process.execve !== undefined)
    process.execve(file, [command, ...rest], Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined)));
  return spawned(command, rest, env, io);
};
