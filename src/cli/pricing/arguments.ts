import { parseArgs, type ParseArgsConfig } from 'node:util';
import { PurserError } from '../../call/errors.ts';

/** What a command writes to and where it runs. */
export interface CommandIo {
  stdout(text: string): void;
  stderr(text: string): void;
  readonly cwd: string;
  /** The variables of the environment, in which part of the configuration may stand. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The arguments of a command, read. */
export interface Arguments {
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
  readonly positionals: readonly string[];
}

/** Reads arguments; `undefined` when they do not fit or help was asked for, after the usage was shown. */
export const readArguments = (
  args: readonly string[],
  options: NonNullable<ParseArgsConfig['options']>,
  usage: string,
  io: CommandIo,
): Arguments | undefined => {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { ...options, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
      strict: true,
    });
    if (values['help'] !== true) return { values, positionals };
    io.stdout(usage);
  } catch (error) {
    io.stderr(`${error instanceof Error ? error.message : 'the arguments do not fit'}\n${usage}`);
  }
  return undefined;
};

/** Runs the body of a command and tells bad input on stderr. Gives the exit code: 0, or 2 for input that cannot be used. */
export const reportingInput = async (io: CommandIo, body: () => number | Promise<number>): Promise<number> => {
  try {
    return await body();
  } catch (error) {
    if (!(error instanceof PurserError)) throw error;
    io.stderr(`${error.message}\n`);
    return 2;
  }
};

/** Ends a command that has no file to work on: after help with 0, else with the usage on stderr and 2. `told` says that it was shown already. */
export const withoutFile = (told: boolean, args: readonly string[], usage: string, io: CommandIo): number => {
  if (!told) io.stderr(usage);
  return args.includes('--help') || args.includes('-h') ? 0 : 2;
};
