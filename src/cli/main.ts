#!/usr/bin/env node
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { VERSION } from '../base/version.ts';
import { PurserError } from '../call/errors.ts';
import { environment } from '../config/environment.ts';
import { nearestKey } from '../config/nearest.ts';
import { COMMANDS } from './commands.ts';
import type { Io } from './io.ts';
import { columns } from './table.ts';

const GOOD = 0;
const FAILED = 1;
const WRONG_USE = 2;

const help = (): string => {
  const rows = Object.values(COMMANDS).map(({ usage, summary }) => [`  purser ${usage}`, summary]);
  return `purser ${VERSION}: LLM observability and governance for Node services.\n\n${columns(rows)}\n  node --require purser/register app.js    starts one app with Purser\n`;
};

const unknown = (name: string, io: Io): number => {
  const nearest = nearestKey(name, Object.keys(COMMANDS));
  io.stderr.write(`purser: there is no command "${name}".${nearest === undefined ? '' : ` Did you mean "${nearest}"?`} See "purser help".\n`);
  return WRONG_USE;
};

const runCommand = async (name: string, args: readonly string[], io: Io): Promise<number> => {
  const row = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (row === undefined) return unknown(name, io);
  if (row.ownHelp !== true && (args[0] === '--help' || args[0] === '-h')) {
    io.stdout.write(`purser ${row.usage}\n${row.summary}\n`);
    return GOOD;
  }
  try {
    const { run } = await row.load();
    return await run(args, io);
  } catch (error) {
    // Bad input has a sentence of its own; anything else is our fault and comes with its stack.
    io.stderr.write(error instanceof PurserError ? `${error.message}\n` : `purser ${name}: ${String(error instanceof Error ? error.stack : error)}\n`);
    return error instanceof PurserError ? WRONG_USE : FAILED;
  }
};

/** Runs `purser` with these arguments and resolves to its exit code. */
export const main = async (args: readonly string[], io: Io): Promise<number> => {
  const [name = 'help', ...rest] = args;
  if (name === '--version' || name === '-v' || name === 'version') {
    io.stdout.write(`${VERSION}\n`);
    return GOOD;
  }
  if (name === 'help' || name === '--help' || name === '-h') {
    const [about] = rest;
    if (about !== undefined) return runCommand(about, ['--help'], io);
    io.stdout.write(help());
    return GOOD;
  }
  return runCommand(name, rest, io);
};

const isEntry = (): boolean => {
  const [, script] = process.argv;
  return script !== undefined && realpathSync(script) === fileURLToPath(import.meta.url);
};

if (isEntry()) {
  // A reader that has seen enough, such as `head`, is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? GOOD : FAILED));
  const io: Io = { stdout: process.stdout, stderr: process.stderr, stdin: process.stdin, cwd: process.cwd(), env: environment() };
  // The exit code is set and not forced, so that what was written to a pipe arrives.
  void main(process.argv.slice(2), io).then((code) => {
    process.exitCode = code;
  });
}
