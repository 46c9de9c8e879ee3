import type { CallRow } from './call-row.ts';

/** Sums over some calls. Money in dollars, times in milliseconds. */
export interface Tally {
  readonly name: string;
  readonly calls: number;
  readonly unwell: number;
  readonly input: number;
  readonly cached: number;
  readonly output: number;
  readonly reasoning: number;
  readonly costUsd: number;
  readonly unpriced: number;
  readonly p50Ms: number | undefined;
  readonly p95Ms: number | undefined;
  readonly firstChunkP50Ms: number | undefined;
}

/** The value below which the share `q` of the values lies; undefined without values. */
export const quantile = (values: readonly number[], q: number): number | undefined => {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))];
};

const total = (calls: readonly CallRow[], of: (call: CallRow) => number | undefined): number => calls.reduce((sum, call) => sum + (of(call) ?? 0), 0);

/** Sums up some calls under a name. */
export const tallyOf = (name: string, calls: readonly CallRow[]): Tally => {
  const durations = calls.filter((call) => call.outcome === 'completed').map((call) => call.durationMs);
  const firstChunks = calls.flatMap((call) => (call.firstChunkMs === undefined ? [] : [call.firstChunkMs]));
  return {
    name,
    calls: calls.length,
    unwell: calls.filter((call) => call.outcome !== 'completed').length,
    input: total(calls, (call) => call.input),
    cached: total(calls, (call) => call.cached),
    output: total(calls, (call) => call.output),
    reasoning: total(calls, (call) => call.reasoning),
    costUsd: total(calls, (call) => call.costUsd),
    unpriced: calls.filter((call) => call.unpricedReason !== undefined).length,
    p50Ms: quantile(durations, 0.5),
    p95Ms: quantile(durations, 0.95),
    firstChunkP50Ms: quantile(firstChunks, 0.5),
  };
};

/** Sums up calls by what `by` says of them, the dearest first. */
export const tallyBy = (calls: readonly CallRow[], by: (call: CallRow) => string): readonly Tally[] => {
  const groups = new Map<string, CallRow[]>();
  for (const call of calls) {
    const name = by(call);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [call]);
    else group.push(call);
  }
  return [...groups].map(([name, group]) => tallyOf(name, group)).sort((a, b) => b.costUsd - a.costUsd || b.calls - a.calls);
};
