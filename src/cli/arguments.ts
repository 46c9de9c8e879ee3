import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { PurserError } from '../call/errors.ts';

/**
 * Reads the arguments of a command by the table of its flags.
 *
 * @throws {input_invalid} for a flag that is not in the table
 */
export const readArguments = <const F extends ParseArgsOptionsConfig>(command: string, args: readonly string[], options: F) => {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    return { values, positionals };
  } catch {
    const flags = Object.keys(options).map((name) => `--${name}`);
    throw wrongArguments(command, args, flags.length === 0 ? 'no flags' : `no other flags than ${flags.join(', ')}`);
  }
};

/** The error of a command that was called wrongly. */
export const wrongArguments = (command: string, args: readonly string[], wanted: string): PurserError =>
  new PurserError('input_invalid', { where: `purser ${command}`, key: 'the command line', seen: args.join(' '), wanted });
