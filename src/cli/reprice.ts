import type { Cost } from '../call/cost.ts';
import { formatUsd, picoUsd } from '../call/units.ts';
import type { Pricer } from '../pricing/pricer.ts';
import { readArguments, reportingInput, withoutFile, type CommandIo } from './pricing/arguments.ts';
import type { FileCase, LostUsage } from './pricing/case-file.ts';
import { PRICE_HELP, PRICE_OPTIONS, pricerFor } from './pricing/pricer-for.ts';
import { readStoredCalls } from './pricing/stored-calls.ts';

const USAGE = `Usage: purser reprice FILE [--table FILE] [--overrides FILE] [--json]

Prices the stored calls of FILE again and reports how far the new costs are from the stored ones, in all and by model.
FILE holds spans (OTLP JSON, or one a line) or cases as for purser cost, with the stored dollars in "usd".
Calls whose usage a span does not hold in full (several passes, an estimate) are left out, counted and told.
--json prints one line for each call whose cost is not the stored one.

${PRICE_HELP}`;

/** The calls of one model, before and after. */
interface Drift {
  calls: number;
  changed: number;
  before: bigint;
  now: bigint;
  /** Calls that had no price before and have one now, and the other way round. */
  gained: number;
  lost: number;
}

const newDrift = (): Drift => ({ calls: 0, changed: 0, before: 0n, now: 0n, gained: 0, lost: 0 });

const addTo = (drift: Drift, before: bigint | undefined, now: bigint | undefined): void => {
  drift.calls++;
  if (before !== now) drift.changed++;
  if (before === undefined && now !== undefined) drift.gained++;
  if (before !== undefined && now === undefined) drift.lost++;
  // What has a price on one side only is told by count; in the sums it would look like drift.
  if (before === undefined || now === undefined) return;
  drift.before += before;
  drift.now += now;
};

const percent = (before: bigint, now: bigint): string => (before === 0n ? '' : ` (${((Number(now - before) / Number(before)) * 100).toFixed(2)} %)`);

const describe = (name: string, drift: Drift): string =>
  `${name}: ${drift.calls} calls, ${drift.changed} changed, $${formatUsd(picoUsd(drift.before))} -> $${formatUsd(picoUsd(drift.now))}${percent(drift.before, drift.now)}` +
  `${drift.gained === 0 ? '' : `, ${drift.gained} newly priced`}${drift.lost === 0 ? '' : `, ${drift.lost} no longer priced`}`;

const changedLine = ({ id, question, stated }: FileCase, cost: Cost): string =>
  `${JSON.stringify({
    id,
    model: question.responseModel ?? question.requestModel,
    before: stated === undefined ? null : formatUsd(stated),
    now: cost.kind === 'priced' ? formatUsd(cost.amount) : null,
    ...(cost.kind === 'priced' ? { match: cost.match, confidence: cost.confidence } : { reason: cost.reason }),
  })}\n`;

/** Stored amounts pass through floats of dollars; what differs by less than a nano-dollar is the same. */
const rounded = (before: bigint | undefined, now: bigint | undefined): bigint | undefined => {
  if (before === undefined || now === undefined) return before;
  const apart = before > now ? before - now : now - before;
  return apart < 1000n ? now : before;
};

interface Repriced {
  readonly call: FileCase;
  readonly cost: Cost;
  readonly before: bigint | undefined;
  readonly now: bigint | undefined;
}

const repriceAll = (pricer: Pricer, calls: readonly FileCase[]): readonly Repriced[] =>
  calls.map((call) => {
    const cost = pricer.price(call.question);
    const now = cost.kind === 'priced' ? cost.amount : undefined;
    return { call, cost, now, before: rounded(call.stated, now) };
  });

const report = (calls: readonly Repriced[], tableVersion: string): readonly string[] => {
  const all = newDrift();
  const byModel = new Map<string, Drift>();
  for (const { call, before, now } of calls) {
    const name = `${call.question.provider}/${call.question.responseModel ?? call.question.requestModel ?? 'unknown'}`;
    const drift = byModel.get(name) ?? newDrift();
    byModel.set(name, drift);
    addTo(drift, before, now);
    addTo(all, before, now);
  }
  const models = [...byModel].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, drift]) => describe(name, drift));
  return [...models, describe(`all, by table ${tableVersion}`, all)];
};

const LOST: Readonly<Record<LostUsage, string>> = {
  passes: 'usage is the sum of several passes, whose models and lengths a span does not keep apart',
  usage: 'span holds a cost and no usage, as for estimates and for responses that were fetched again',
};

/** Says how many calls were left out, and why; they are in no sum. */
const leftOut = (calls: readonly FileCase[]): readonly string[] =>
  Object.entries(LOST).flatMap(([lost, why]) => {
    const count = calls.filter((call) => call.lost === lost).length;
    return count === 0 ? [] : [`${count} calls left out: their ${why}`];
  });

/** Runs `purser reprice`: prices stored calls again and reports the drift. */
export const run = (args: readonly string[], io: CommandIo): Promise<number> =>
  reportingInput(io, async () => {
    const read = readArguments(args, { ...PRICE_OPTIONS, json: { type: 'boolean' } }, USAGE, io);
    const file = read?.positionals[0];
    if (read === undefined || file === undefined) return withoutFile(read === undefined, args, USAGE, io);
    const pricer = await pricerFor(read.values, io);
    const stored = readStoredCalls(file, io.cwd);
    const calls = repriceAll(
      pricer,
      stored.filter(({ lost }) => lost === undefined),
    );
    const notes = leftOut(stored);
    if (read.values['json'] === true) io.stderr(notes.map((note) => `${note}\n`).join(''));
    if (read.values['json'] === true) for (const { call, cost, before, now } of calls) if (before !== now) io.stdout(changedLine(call, cost));
    if (read.values['json'] !== true) io.stdout(`${[...report(calls, pricer.tableVersion()), ...notes].join('\n')}\n`);
    return 0;
  });
