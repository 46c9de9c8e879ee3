import { isDay } from '../base/is-day.ts';
import type { PriceContext, PriceQuestion } from '../call/cost.ts';
import { PurserError } from '../call/errors.ts';
import { epochMs } from '../call/units.ts';
import { NO_TOKENS } from '../call/usage.ts';
import type { ExplainedRate, Explanation } from '../pricing/explain.ts';
import type { Pricer } from '../pricing/pricer.ts';
import { readArguments, reportingInput, withoutFile, type CommandIo } from './pricing/arguments.ts';
import { findProviders } from './pricing/find-providers.ts';
import { PRICE_HELP, PRICE_OPTIONS, pricerFor } from './pricing/pricer-for.ts';
import { showCards } from './pricing/show-cards.ts';

const USAGE = `Usage: purser prices MODEL [--provider NAME] [--at INSTANT] [--tier NAME] [--speed NAME] [--geo NAME] [--region NAME]
                          [--base-url URL] [--overrides FILE] [--table FILE] [--json]

Shows what applies to a model now, by dimension, and why. MODEL may be written provider/model.

${PRICE_HELP}`;

const OPTIONS = {
  ...PRICE_OPTIONS,
  provider: { type: 'string' },
  at: { type: 'string' },
  tier: { type: 'string' },
  speed: { type: 'string' },
  geo: { type: 'string' },
  region: { type: 'string' },
  'base-url': { type: 'string' },
  json: { type: 'boolean' },
} as const;

type Values = Readonly<Record<string, string | boolean | undefined>>;

const NAMES: Readonly<Record<string, keyof PriceContext>> = { tier: 'servedTier', speed: 'speed', geo: 'geo', region: 'region', 'base-url': 'baseUrl' };

const contextOf = (values: Values): PriceContext =>
  Object.fromEntries(Object.entries(NAMES).flatMap(([option, key]) => (typeof values[option] === 'string' ? [[key, values[option]]] : [])));

const dollars = ({ rate, unit }: ExplainedRate): string => {
  if (rate === undefined) return 'not known';
  return unit === 'token' ? `$${Number((rate / 1e6).toFixed(9))} for 1M tokens` : `$${Number((rate / 1e12).toFixed(12))} each`;
};

const remark = ({ from, rate }: ExplainedRate): string => {
  if (rate === undefined) return '';
  if (from === 'inferred') return '  (the page states none; what it is charged as)';
  return from === 'disputed' ? '  (sources disagree)' : '';
};

/** Pictures and sound that cost what text does need no line of their own. */
const TEXT: Readonly<Record<string, string>> = {
  audioInput: 'input',
  audioCacheRead: 'cacheRead',
  imageInput: 'input',
  imageCacheRead: 'cacheRead',
  reasoning: 'output',
  audioOutput: 'output',
  imageOutput: 'output',
};

const isPlain = ({ item, rate }: ExplainedRate, rates: readonly ExplainedRate[]): boolean =>
  TEXT[item] !== undefined && rates.find((other) => other.item === TEXT[item])?.rate === rate;

const showRates = (rates: readonly ExplainedRate[], indent: string): readonly string[] => {
  const known = rates.filter((rate) => rate.rate !== undefined && !isPlain(rate, rates));
  const lines = known.map((rate) => `${indent}${rate.item.padEnd(16)}${dollars(rate)}${remark(rate)}`);
  return known.some(({ unit }) => unit === 'token') ? lines : [`${indent}tokens have no price that is known`, ...lines];
};

const show = (provider: string, model: string, explanation: Explanation, at: Date): readonly string[] => {
  const { matchedModel = model, match, certain, effectiveFrom, free, long, missing } = explanation;
  const why = `matched by ${match}${certain ? '' : ', not certain'}${effectiveFrom === undefined ? '' : `, in force since ${effectiveFrom}`}`;
  return [
    `${model} at ${provider}: ${matchedModel}, ${why}`,
    `on ${at.toISOString()}, by table ${explanation.tableVersion}`,
    ...(free ? ['  free of charge'] : showRates(explanation.rates, '  ')),
    ...(long === undefined ? [] : [`  a prompt of more than ${long.threshold} tokens moves the whole request to:`, ...showRates(long.rates, '    ')]),
    ...missing.map((what) => `  ${what} has no price here`),
    ...showCards(explanation.cards),
  ];
};

/** Numbers beyond 2^53 do not occur in rates; BigInt does not occur at all, so plain JSON will do. */
const showJson = (provider: string, model: string, explanation: Explanation): string => JSON.stringify({ provider, model, ...explanation });

const instantOf = (at: string | boolean | undefined): Date => {
  if (typeof at !== 'string') return new Date();
  const instant = new Date(at);
  if (!Number.isNaN(instant.getTime()) && (isDay(at) || !/^\d{4}-\d{2}-\d{2}/.test(at))) return instant;
  throw new PurserError('input_invalid', { where: 'purser prices', key: '--at', seen: at, wanted: 'an instant such as 2026-11-20T12:00:00Z' });
};

/** Says why there is no price, as a call would. */
const noPrice = (pricer: Pricer, question: Omit<PriceQuestion, 'usage'>): string => {
  const cost = pricer.price({ ...question, usage: { buckets: { ...NO_TOKENS, input: 1 }, flags: [] } });
  const what = `${question.requestModel ?? ''} at ${question.provider === '' ? 'any provider' : question.provider}`;
  if (cost.kind === 'unpriced' && cost.reason === 'private_host')
    return `${what} has no price at ${question.context.baseUrl ?? 'a private host'}: list prices need not hold on a private host. Name who answers there in providers.hosts, or write a price for it.`;
  return `No price is known for ${what}, by table ${pricer.tableVersion()}. Its calls carry no cost; an override file may give one.`;
};

/** Runs `purser prices`: what applies to a model, and why. */
export const run = (args: readonly string[], io: CommandIo): Promise<number> =>
  reportingInput(io, async () => {
    const read = readArguments(args, OPTIONS, USAGE, io);
    const name = read?.positionals[0];
    if (read === undefined || name === undefined) return withoutFile(read === undefined, args, USAGE, io);
    const at = instantOf(read.values['at']);
    const pricer = await pricerFor(read.values, io);
    const { provider, model, others } = findProviders(
      pricer,
      name,
      typeof read.values['provider'] === 'string' ? read.values['provider'] : undefined,
      at.getTime(),
    );
    const question = { provider, requestModel: model, responseModel: undefined, at: epochMs(at.getTime()), context: contextOf(read.values) };
    const explanation = pricer.explain(question);
    if (explanation === undefined) {
      io.stderr(`${noPrice(pricer, question)}\n`);
      return 1;
    }
    if (read.values['json'] === true) io.stdout(`${showJson(provider, model, explanation)}\n`);
    else io.stdout(`${[...show(provider, model, explanation, at), ...(others.length === 0 ? [] : [`also sold by ${others.join(', ')}`])].join('\n')}\n`);
    return 0;
  });
