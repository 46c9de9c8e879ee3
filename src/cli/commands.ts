import type { Command, Io } from './io.ts';

/** One subcommand: what it is for, and its module, loaded only when it is called. */
export interface CommandRow {
  readonly usage: string;
  readonly summary: string;
  readonly load: () => Promise<{ readonly run: Command }>;
  /** True when the command answers `--help` by itself. */
  readonly ownHelp?: true;
}

/** What a command gets that writes whole texts and reads bytes. */
interface TextIo {
  stdout(text: string): void;
  stderr(text: string): void;
  readonly cwd: string;
  readonly env: Io['env'];
  readonly stdin: AsyncIterable<Uint8Array>;
}

const textOnly = ({ run }: { readonly run: (args: readonly string[], io: TextIo) => Promise<number> }): { readonly run: Command } => ({
  run: (args: readonly string[], { stdout, stderr, cwd, env, stdin }: Io) =>
    // Standard input gives bytes as long as nobody sets an encoding on it, and nobody here does.
    run(args, { stdout: (text) => void stdout.write(text), stderr: (text) => void stderr.write(text), cwd, env, stdin: stdin as AsyncIterable<Uint8Array> }),
});

/** The subcommands by name, one row each; a new one is a file that exports `run`, and a row here. */
export const COMMANDS: Readonly<Record<string, CommandRow>> = {
  run: { usage: 'run -- COMMAND', summary: 'Runs a command with Purser in every Node process of it.', load: () => import('./run.ts') },
  init: {
    usage: 'init [--dry-run]',
    summary: 'Writes config, dashboards, rules and a Collector configuration into this folder.',
    load: () => import('./init.ts'),
    ownHelp: true,
  },
  config: {
    usage: 'config [--all] [--json] [--check FILE]',
    summary: 'Shows what is in force and where each value came from.',
    load: () => import('./config.ts'),
  },
  doctor: { usage: 'doctor [--json]', summary: 'Looks for what keeps Purser from working here, and says what to do.', load: () => import('./doctor.ts') },
  status: { usage: 'status [PID] [--json]', summary: 'Asks running processes what they have seen.', load: () => import('./status.ts') },
  report: {
    usage: 'report [--by model,feature,user] [--since 7d] [--format table|json|csv]',
    summary: 'Adds up the calls in the ledger: cost by day, by model, by any label.',
    load: () => import('./report.ts'),
    ownHelp: true,
  },
  alerts: {
    usage: 'alerts [list | test CHANNEL] [--json]',
    summary: 'Shows the alerts that wait for delivery, or sends a test alert to a channel.',
    load: () => import('./alerts.ts'),
    ownHelp: true,
  },
  budgets: {
    usage: 'budgets [show | watch | set KEY | reset KEY | changes] [--json]',
    summary:
      'Shows limit, spent, reserved, remaining and forecast of each budget (watch: --every SECONDS), and changes them on record (set: --limit AMOUNT|default, --spent AMOUNT).',
    load: () => import('./budgets-of-config.ts'),
  },
  prices: {
    usage: 'prices MODEL',
    summary: 'Shows what applies to a model now, by dimension, and why.',
    load: async () => textOnly(await import('./prices.ts')),
    ownHelp: true,
  },
  cost: { usage: 'cost --usage FILE', summary: 'Prices usage from a file.', load: async () => textOnly(await import('./cost.ts')), ownHelp: true },
  reprice: {
    usage: 'reprice FILE',
    summary: 'Prices stored calls again with another table, and reports the drift.',
    load: async () => textOnly(await import('./reprice.ts')),
    ownHelp: true,
  },
  reconcile: {
    usage: 'reconcile FILE',
    summary: 'Compares costs with a provider’s export.',
    load: async () => textOnly(await import('./reconcile.ts')),
    ownHelp: true,
  },
  redact: {
    usage: 'redact < FILE',
    summary: 'Writes a text with secrets and personal data marked.',
    load: async () => textOnly(await import('./redact.ts')),
    ownHelp: true,
  },
};
