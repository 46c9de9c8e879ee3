import type { EnvSource, Option } from './option.ts';
import { GOVERNANCE_OPTIONS } from './options/governance.ts';
import { PROCESS_OPTIONS } from './options/process.ts';
import { TELEMETRY_OPTIONS } from './options/telemetry.ts';

/**
 * Every option by its dotted key, as it is written in the config file. Validation, CONFIG.md, the JSON Schema, the
 * environment names and the type of the configuration are all made from this one table.
 */
export const OPTIONS = { ...PROCESS_OPTIONS, ...TELEMETRY_OPTIONS, ...GOVERNANCE_OPTIONS };

/** The dotted key of an option. */
export type OptionKey = keyof typeof OPTIONS;

/** The type of the value of each option. */
export type OptionValues = { readonly [K in OptionKey]: (typeof OPTIONS)[K] extends Option<infer V> ? V : never };

/** All options as rows, in the order of the table. */
export const OPTION_ROWS = Object.entries(OPTIONS) as unknown as readonly (readonly [OptionKey, Option])[];

const madeFromKey = (key: string): string => `PURSER_${key.replaceAll('.', '_').toUpperCase()}`;

/** The `PURSER_*` variable of an option. */
export const envName = (key: string, option: Option): string => option.env ?? madeFromKey(key);

/** The variables that set an option, the first that says something wins. An option with a short name of its own is also found by the long one. */
export const envSources = (key: string, option: Option): readonly (string | EnvSource)[] => {
  const made = madeFromKey(key);
  const own = option.env === undefined ? [made] : [option.env, made];
  if (option.before === undefined && option.also === undefined) return own;
  return [...(option.before ?? []), ...own, ...(option.also ?? [])];
};
