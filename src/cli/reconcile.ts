import { PurserError } from '../call/errors.ts';
import { formatUsd, picoUsd } from '../call/units.ts';
import type { Pricer } from '../pricing/pricer.ts';
import { readArguments, reportingInput, withoutFile, type CommandIo } from './pricing/arguments.ts';
import type { FileCase } from './pricing/case-file.ts';
import { dayAt, readCostExport, type ExportedCost } from './pricing/cost-export.ts';
import { PRICE_HELP, PRICE_OPTIONS, pricerFor } from './pricing/pricer-for.ts';
import { readStoredCalls } from './pricing/stored-calls.ts';

const USAGE = `Usage: purser reconcile FILE --calls FILE [--provider NAME] [--within PERCENT] [--table FILE] [--overrides FILE] [--json]

Compares a provider's cost export (OpenAI or Anthropic, JSON or CSV) with stored calls, by day in UTC and by model where the export names it.
--calls holds stored calls as for purser reprice; those without stored dollars are priced now.
--within fails with exit code 1 when a day and model is further apart than so many percent. @default no limit

${PRICE_HELP}`;

/** One day and model, on both sides. */
interface Pair {
  readonly day: string;
  readonly model: string;
  provider: bigint;
  own: bigint;
  calls: number;
  unpriced: number;
}

const ALL_MODELS = 'all models';

/** The export's name for a model may carry a date that the stored one lacks, and the other way round. */
const sameName = (name: string): string => name.toLowerCase().replace(/[-@](?:20\d{6}|20\d{2}-\d{2}-\d{2})$/, '');

class Ledger {
  readonly pairs = new Map<string, Pair>();
  readonly #byModel: boolean;

  constructor(byModel: boolean) {
    this.#byModel = byModel;
  }

  pair(day: string, model: string | undefined): Pair {
    const name = this.#byModel ? sameName(model ?? 'no model') : ALL_MODELS;
    const key = `${day} ${name}`;
    const known = this.pairs.get(key);
    if (known !== undefined) return known;
    const made: Pair = { day, model: name, provider: 0n, own: 0n, calls: 0, unpriced: 0 };
    this.pairs.set(key, made);
    return made;
  }
}

const addCall = (ledger: Ledger, pricer: Pricer, { id, question, stated, lost }: FileCase): void => {
  const day = dayAt(question.at);
  if (day === undefined)
    throw new PurserError('input_invalid', { where: '--calls', key: `the start of ${id}`, seen: 'no time', wanted: 'one, such as startTimeUnixNano' });
  const pair = ledger.pair(day, question.responseModel ?? question.requestModel);
  pair.calls++;
  const cost = stated === undefined && lost === undefined ? pricer.price(question) : undefined;
  const amount = stated ?? (cost?.kind === 'priced' ? cost.amount : undefined);
  if (amount === undefined) pair.unpriced++;
  else pair.own += amount;
};

const compare = (exported: readonly ExportedCost[], calls: readonly FileCase[], pricer: Pricer): readonly Pair[] => {
  const ledger = new Ledger(exported.some(({ model }) => model !== undefined));
  for (const { day, model, amount } of exported) ledger.pair(day, model).provider += amount;
  for (const call of calls) addCall(ledger, pricer, call);
  return [...ledger.pairs.values()].sort((a, b) => (`${a.day} ${a.model}` < `${b.day} ${b.model}` ? -1 : 1));
};

/** How far our sum is from the provider's, in percent of the provider's; infinite when only one side has any. */
const apart = ({ provider, own }: Pair): number => {
  if (provider === own) return 0;
  return provider === 0n ? Infinity : (Number(own - provider) / Number(provider)) * 100;
};

const usd = (amount: bigint): string => formatUsd(picoUsd(amount));

const describe = (pair: Pair): string => {
  const difference = apart(pair);
  const share = Number.isFinite(difference) ? `${difference >= 0 ? '+' : ''}${difference.toFixed(2)} %` : 'not in the export';
  return `${pair.day}  ${pair.model}: provider $${usd(pair.provider)}, here $${usd(pair.own)} in ${pair.calls} calls (${share})${pair.unpriced === 0 ? '' : `, ${pair.unpriced} without a price`}`;
};

const print = (pairs: readonly Pair[], json: boolean): string =>
  pairs
    .map((pair) =>
      json
        ? JSON.stringify({
            day: pair.day,
            model: pair.model,
            provider_usd: usd(pair.provider),
            own_usd: usd(pair.own),
            calls: pair.calls,
            unpriced: pair.unpriced,
          })
        : describe(pair),
    )
    .map((line) => `${line}\n`)
    .join('');

const totalOf = (pairs: readonly Pair[]): Pair => {
  const total: Pair = { day: 'in all', model: ALL_MODELS, provider: 0n, own: 0n, calls: 0, unpriced: 0 };
  for (const pair of pairs) {
    total.provider += pair.provider;
    total.own += pair.own;
    total.calls += pair.calls;
    total.unpriced += pair.unpriced;
  }
  return total;
};

/** How far apart a day and model may be, in percent. @throws {input_invalid} for what is no such number. */
const limitOf = (within: string | boolean | undefined): number => {
  if (typeof within !== 'string') return Infinity;
  const percent = within.trim() === '' ? Number.NaN : Number(within);
  if (Number.isFinite(percent) && percent >= 0) return percent;
  throw new PurserError('input_invalid', {
    where: 'purser reconcile',
    key: '--within',
    seen: JSON.stringify(within),
    wanted: 'percent as a number of 0 or more, such as 2.5',
  });
};

const OPTIONS = { ...PRICE_OPTIONS, calls: { type: 'string' }, provider: { type: 'string' }, within: { type: 'string' }, json: { type: 'boolean' } } as const;

/** Runs `purser reconcile`: compares a provider's own figures with ours. */
export const run = (args: readonly string[], io: CommandIo): Promise<number> =>
  reportingInput(io, async () => {
    const read = readArguments(args, OPTIONS, USAGE, io);
    const file = read?.positionals[0];
    const stored = read?.values['calls'];
    if (read === undefined || file === undefined || typeof stored !== 'string') return withoutFile(read === undefined, args, USAGE, io);
    const { provider, json } = read.values;
    const limit = limitOf(read.values['within']);
    const calls = readStoredCalls(stored, io.cwd).filter(({ question }) => provider === undefined || question.provider === provider);
    const pairs = compare(readCostExport(file, io.cwd), calls, await pricerFor(read.values, io));
    io.stdout(print(json === true ? pairs : [...pairs, totalOf(pairs)], json === true));
    return pairs.some((pair) => Math.abs(apart(pair)) > limit) ? 1 : 0;
  });
