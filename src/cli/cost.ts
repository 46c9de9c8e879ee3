import { formatUsd } from '../call/units.ts';
import type { Cost } from '../call/cost.ts';
import { readArguments, reportingInput, withoutFile, type CommandIo } from './pricing/arguments.ts';
import { readCases } from './pricing/case-file.ts';
import { PRICE_HELP, PRICE_OPTIONS, pricerFor } from './pricing/pricer-for.ts';

const USAGE = `Usage: purser cost --usage FILE [--overrides FILE] [--table FILE]

Prices the calls of FILE and prints one JSON line for each: its id, the exact dollars or null with the reason, and the lines of the bill.
FILE holds {"cases": [{"id", "provider", "model", "at", "usage", "context"}]} with the provider's raw usage, an array of such cases, or one a line.

${PRICE_HELP}`;

/** Gives a cost as it is printed: exact decimal strings, and null with a reason where there is none. */
export const printCost = (id: string, cost: Cost): Readonly<Record<string, unknown>> => {
  if (cost.kind === 'unpriced') return { id, usd: null, reason: cost.reason, lines: [], ...(cost.unpriced.length === 0 ? {} : { unpriced: cost.unpriced }) };
  return {
    id,
    usd: formatUsd(cost.amount),
    lines: cost.lines.map(({ item, quantity, amount }) => ({ item, quantity, usd: formatUsd(amount) })),
    match: cost.match,
    confidence: cost.confidence,
    source: cost.source,
    ...(cost.matchedModel === undefined ? {} : { model: cost.matchedModel }),
    ...(cost.unpriced.length === 0 ? {} : { unpriced: cost.unpriced }),
  };
};

/** Runs `purser cost`: prices the calls of a file. */
export const run = (args: readonly string[], io: CommandIo): Promise<number> =>
  reportingInput(io, async () => {
    const read = readArguments(args, { ...PRICE_OPTIONS, usage: { type: 'string' } }, USAGE, io);
    const file = read?.values['usage'] ?? read?.positionals[0];
    if (read === undefined || typeof file !== 'string') return withoutFile(read === undefined, args, USAGE, io);
    const pricer = await pricerFor(read.values, io);
    for (const { id, question } of readCases(file, io.cwd)) io.stdout(`${JSON.stringify(printCost(id, pricer.price(question)))}\n`);
    return 0;
  });
