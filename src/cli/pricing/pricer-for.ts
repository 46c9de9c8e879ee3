import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { PurserError } from '../../call/errors.ts';
import { systemClock } from '../../base/clock.ts';
import { loadConfig, type LoadedConfig } from '../../config/load.ts';
import { readOverridesFile } from '../../pricing/overrides/overrides-file.ts';
import { overrideError } from '../../pricing/overrides/read-overrides.ts';
import { createPricer, type IsNamed, type OverrideInput, type Pricer } from '../../pricing/pricer.ts';
import { bundledTable } from '../../pricing/table/bundled-table.ts';
import { tableFault } from '../../pricing/table/check-table.ts';
import type { PriceTable } from '../../pricing/table/price-table.ts';
import { hostRulesOf, namedBy } from '../../runtime/named-hosts.ts';
import type { CommandIo } from './arguments.ts';
import { readJsonFile } from './case-file.ts';

/** Options that choose the prices of a command; each goes before what the configuration says. */
export const PRICE_OPTIONS = { overrides: { type: 'string' }, table: { type: 'string' } } as const;

/** What every command with these options says of them. */
export const PRICE_HELP = `Prices are those of the app: its configuration here (pricing.overrides, pricing.file, the table kept in pricing.cache_dir, providers.hosts),
which --overrides and --table replace. PURSER_CONFIG=none leaves a configuration file out.
`;

const readTable = (file: string, cwd: string): PriceTable => {
  const value = readJsonFile(file, cwd);
  const fault = tableFault(value);
  if (fault !== undefined)
    throw new PurserError('input_invalid', { where: file, key: 'table', seen: `a table that cannot be used: ${fault}`, wanted: 'a price table' });
  return value as PriceTable;
};

const readOverrides = async (file: string, cwd: string): Promise<OverrideInput> => {
  let content: string;
  try {
    content = readFileSync(resolve(cwd, file), 'utf8');
  } catch {
    throw new PurserError('input_invalid', { where: file, key: '--overrides', seen: 'a file that cannot be read', wanted: 'a YAML or JSON file' });
  }
  return readOverridesFile(content, file);
};

/** Stored calls hold no path, so that a rule for a part of a host counts for all of it; their provider was found by the rule itself. */
const namedIn = ({ config }: LoadedConfig): IsNamed => namedBy(hostRulesOf(config).map(({ host, provider }) => ({ host, provider })));

/** Tells what of the configuration could not be used for prices; the rest of it is no concern of a command about prices. */
const tellProblems = ({ problems }: LoadedConfig, io: CommandIo): void => {
  for (const { code, key, message } of problems) if (code === 'config_unreadable' || key.startsWith('pricing.')) io.stderr(`${message}\n`);
};

/** Says what of the prices came from the configuration, on stderr, for what is on stdout is data. */
const tellUsed = (pricer: Pricer, { config, origins }: LoadedConfig, flags: { readonly table: boolean; readonly overrides: boolean }, io: CommandIo): void => {
  const used: string[] = [];
  if (!flags.table && pricer.tableVersion() !== bundledTable().version) used.push(`table ${pricer.tableVersion()}, kept in ${config.pricing.cacheDir ?? ''}`);
  if (!flags.overrides && config.pricing.overrides !== undefined)
    used.push(`overrides of ${(origins.get('pricing.overrides') ?? 'the configuration').replace(/^file:/, '').replace(/^env:/, 'variable ')}`);
  if (used.length > 0) io.stderr(`Prices by the configuration: ${used.join('; ')}.\n`);
};

/**
 * Makes the pricing station of a command: what `--table` and `--overrides` say, and for the rest what the app's own configuration does.
 * @throws {input_invalid} and {config_invalid} with the place, for what the options name; what is wrong in the configuration is told and left out, as in the app.
 */
export const pricerFor = async (values: Readonly<Record<string, string | boolean | undefined>>, io: CommandIo): Promise<Pricer> => {
  const table = typeof values['table'] === 'string' ? readTable(values['table'], io.cwd) : undefined;
  const named = typeof values['overrides'] === 'string' ? await readOverrides(values['overrides'], io.cwd) : undefined;
  const loaded = loadConfig({ env: io.env, cwd: io.cwd });
  const { pricing } = loaded.config;
  const overrides = named ?? pricing.overrides;
  const pricer = createPricer({
    clock: systemClock,
    isNamed: namedIn(loaded),
    ...(table === undefined ? {} : { table }),
    // A kept table is never taken in place of the one that was asked for.
    ...(table !== undefined || pricing.cacheDir === undefined ? {} : { cacheDir: pricing.cacheDir }),
    ...(overrides === undefined ? {} : { overrides }),
  });
  const [problem] = pricer.problems;
  if (problem !== undefined && named !== undefined) throw overrideError(problem);
  tellProblems(loaded, io);
  for (const one of pricer.problems) io.stderr(`${overrideError(one).message}\n`);
  tellUsed(pricer, loaded, { table: table !== undefined, overrides: named !== undefined }, io);
  return pricer;
};
