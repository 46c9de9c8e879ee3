import { resolve } from 'node:path';
import { shownOption } from '../config/hide.ts';
import { loadConfig, type LoadedConfig } from '../config/load.ts';
import type { Option } from '../config/option.ts';
import { OPTION_ROWS } from '../config/options.ts';
import { configSecrets, processSecrets } from '../config/secrets.ts';
import { createRedactor } from '../redaction/redactor.ts';
import { STATION_CHECKS } from '../runtime/station-checks.ts';
import { readArguments, wrongArguments } from './arguments.ts';
import type { Io } from './io.ts';
import { columns } from './table.ts';

const FLAGS = { json: { type: 'boolean' }, check: { type: 'string' }, all: { type: 'boolean' } } as const;

// What the owner writes freely and every record carries: shown as it will be exported.
const FREE = /^(?:otel\.resource_attributes$|labels\.(?!headers$|baggage$))/;

type Shown = (key: string, option: Option, value: unknown) => unknown;

/** Gives what shows an option: secrets hidden, and in labels and attributes of the resource what looks like one marked. */
const shownBy = (loaded: LoadedConfig, env: Io['env']): Shown => {
  const redactor = createRedactor({ secrets: [...processSecrets(env), ...configSecrets(loaded)] });
  return (key, option, value) => {
    const shown = shownOption(option, value);
    return option.secret !== true && FREE.test(key) ? redactor.value(shown, '', 'resource') : shown;
  };
};

const asJson = ({ file, origins, values, problems }: LoadedConfig, shown: Shown): string => {
  const options = OPTION_ROWS.map(([key, option]) => [key, { value: shown(key, option, values.get(key)), origin: origins.get(key) }]);
  return `${JSON.stringify({ file: file ?? null, options: Object.fromEntries(options), problems }, null, 2)}\n`;
};

const cell = (value: unknown): string => {
  if (value === undefined) return '-';
  return typeof value === 'string' ? value : JSON.stringify(value);
};

const asText = ({ file, origins, values }: LoadedConfig, all: boolean, shown: Shown): string => {
  const rows = OPTION_ROWS.flatMap(([key, option]) => {
    const origin = origins.get(key) ?? 'default';
    return all || origin !== 'default' ? [[key, cell(shown(key, option, values.get(key))), origin]] : [];
  });
  const head = `config file: ${file ?? 'none'}\n`;
  const defaults = all ? '' : `${OPTION_ROWS.length - rows.length} options have their defaults; --all shows them.\n`;
  return `${head}${rows.length === 0 ? '' : `\n${columns([['OPTION', 'VALUE', 'FROM'], ...rows])}\n`}${defaults}`;
};

const withoutOptions = (env: Io['env']): Io['env'] => Object.fromEntries(Object.entries(env).filter(([name]) => !/^(PURSER|OTEL)_/.test(name)));

const load = (check: string | undefined, io: Io): LoadedConfig => {
  const checks = STATION_CHECKS;
  if (check === undefined) return loadConfig({ env: io.env, cwd: io.cwd, checks });
  // References to variables are looked up, but no variable sets an option: the file is looked at alone.
  return loadConfig({ env: withoutOptions(io.env), cwd: io.cwd, checks, file: resolve(io.cwd, check) });
};

/** `purser config`: what is in force and where each value came from; `--check FILE` looks at that file alone. Exit code 1 when something is wrong. */
export const run = async (args: readonly string[], io: Io): Promise<number> => {
  const { values, positionals } = readArguments('config', args, FLAGS);
  if (positionals.length > 0) throw wrongArguments('config', args, 'no further words; --check FILE looks at a file');
  const { json = false, check, all = false } = values;
  const loaded = load(check, io);
  const isGood = loaded.problems.length === 0;
  if (json) {
    io.stdout.write(asJson(loaded, shownBy(loaded, io.env)));
    return isGood ? 0 : 1;
  }
  if (check === undefined) io.stdout.write(asText(loaded, all, shownBy(loaded, io.env)));
  else if (isGood) io.stdout.write(`${check} is good.\n`);
  for (const { message } of loaded.problems) io.stderr.write(`${message}\n`);
  return isGood ? 0 : 1;
};
