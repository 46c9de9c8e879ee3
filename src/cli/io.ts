/** Somewhere that a command writes text to. */
export interface Output {
  write(text: string): unknown;
  /** True for a terminal that shows colours and redraws lines. */
  readonly isTTY?: boolean;
  /** The width of the terminal in characters. */
  readonly columns?: number;
}

/** What a command may touch of the world around it. */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly stdin: NodeJS.ReadableStream;
  /** The working directory. */
  readonly cwd: string;
  /** The variables of the environment; commands never read them elsewhere. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A subcommand: takes its arguments and resolves to the exit code. 0 is good, 1 is a finding or failure, 2 is wrong use. */
export type Command = (args: readonly string[], io: Io) => Promise<number>;
