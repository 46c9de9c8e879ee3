import { extname } from 'node:path';
import type { Config } from './config.ts';
import { pollContent, type StopWatching, type WatchFile } from './file-poll.ts';
import { loadConfig, nested, type LoadedConfig, type LoadInput } from './load.ts';
import { OPTION_ROWS, type OptionKey } from './options.ts';
import type { ConfigProblem } from './problem.ts';

/** What a change of the config file led to. */
export type Reload =
  /** The options in `changed` have new values in `config`; those in `needsRestart` changed in the file only. */
  | { readonly kind: 'changed'; readonly config: Config; readonly changed: readonly OptionKey[]; readonly needsRestart: readonly OptionKey[] }
  /** The file has faults, so that the last good configuration stays in force. */
  | { readonly kind: 'refused'; readonly problems: readonly ConfigProblem[] };

/** How a configuration is watched. */
export interface WatchInput {
  /** What the configuration in force was loaded from; its environment stays as it was. */
  readonly input: LoadInput;
  readonly loaded: LoadedConfig;
  /** Told of each change that matters. */
  readonly onReload: (reload: Reload) => void;
  readonly watchFile?: WatchFile;
}

/** A running watch. */
export interface ConfigWatch {
  /** Looks at once, without waiting for the next poll. */
  check(): void;
  readonly stop: StopWatching;
}

const plain = (value: unknown): string => JSON.stringify(value) ?? 'undefined';

const differing = (from: LoadedConfig['values'], to: LoadedConfig['values']): readonly OptionKey[] =>
  OPTION_ROWS.filter(([key]) => plain(from.get(key)) !== plain(to.get(key))).map(([key]) => key);

const isReloadable = new Map(OPTION_ROWS.map(([key, option]) => [key, option.reloadable === true]));

/** A fault without its line, which moves when something else is edited. */
const faultOf = ({ key, seen, wanted }: ConfigProblem): string => plain([key, seen, wanted]);

/**
 * Watches the config file and the file of price overrides, and hands out the reloadable options (budgets, limits, prices, redaction, labels, alerts) when
 * they change. A file with a fault that was not there at the start changes nothing: the last good configuration stays.
 * JavaScript files are not read again, since Node keeps modules for the life of the process.
 */
export const watchConfig = ({ input, loaded, onReload, watchFile = pollContent }: WatchInput): ConfigWatch => {
  const files = [loaded.file, loaded.config.pricing.file].filter((file) => file !== undefined && !/^\.[cm]?js$/.test(extname(file)));
  // What the app adds to its environment later, by dotenv for one, was not there at the start either.
  const env = { ...input.env };
  let inForce = loaded.values;
  let lastSeen = loaded.values;
  const known = new Set(loaded.problems.map(faultOf));
  const check = (): void => {
    const next = loadConfig({ ...input, env, file: loaded.file ?? 'none' });
    // What was wrong at the start was reported then, and is no reason to refuse the file; nor is what the environment got wrong.
    const problems = next.problems.filter((problem) => problem.file !== undefined);
    if (problems.some((problem) => !known.has(faultOf(problem)))) {
      onReload({ kind: 'refused', problems });
      return;
    }
    const changed = differing(inForce, next.values).filter((key) => isReloadable.get(key));
    const needsRestart = differing(lastSeen, next.values).filter((key) => !isReloadable.get(key));
    lastSeen = next.values;
    if (changed.length === 0 && needsRestart.length === 0) return;
    inForce = new Map([...inForce, ...changed.map((key) => [key, next.values.get(key)] as const)]);
    onReload({ kind: 'changed', config: nested(inForce), changed, needsRestart });
  };
  const stops = files.map((file) => watchFile(String(file), loaded.config.reload.intervalMs, check));
  return { check, stop: () => stops.forEach((stop) => stop()) };
};
