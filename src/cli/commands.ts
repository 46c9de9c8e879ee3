import type { Command } from './io.ts';

/** One subcommand: what it is for, and its module, loaded only when it is called. */
export interface CommandRow {
  readonly usage: string;
  readonly summary: string;
  readonly load: () => Promise<{ readonly run: Command }>;
}

/** The subcommands by name, one line each; a new one is a file that exports `run`, and a line here. */
export const COMMANDS: Readonly<Record<string, CommandRow>> = {
  run: { usage: 'run -- COMMAND', summary: 'Runs a command with Purser in every Node process of it.', load: () => import('./run.ts') },
  config: { usage: 'config [--json] [--check FILE]', summary: 'Shows what is in force and where each value came from.', load: () => import('./config.ts') },
  doctor: { usage: 'doctor [--json]', summary: 'Looks for what keeps Purser from working here, and says what to do.', load: () => import('./doctor.ts') },
  status: { usage: 'status [PID] [--json]', summary: 'Asks running processes what they have seen.', load: () => import('./status.ts') },
};
