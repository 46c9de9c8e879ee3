import type { RecordedEntry } from '../../test/support/replay/entry.ts';
import type { CallRow } from './call-row.ts';
import type { Finding } from './finding.ts';
import { finding } from './finding.ts';

interface Counts {
  readonly input: number | null | undefined;
  readonly output: number | null | undefined;
  readonly cached: number | null | undefined;
  readonly reasoning: number | null | undefined;
}

/** What the raw response says; over all passes where the provider lists some that its top level leaves out. */
const expectedCounts = ({ expected }: RecordedEntry): Counts | undefined => {
  const { normalised, all_iterations: passes } = expected;
  if (passes?.equals_top_level === false) {
    const input = passes.input_tokens + passes.cached_input_tokens + passes.cache_creation_input_tokens;
    return { input, output: passes.output_tokens, cached: passes.cached_input_tokens, reasoning: undefined };
  }
  if (normalised === undefined || normalised === null) return undefined;
  return {
    input: normalised.input_tokens_total,
    output: normalised.output_tokens_total,
    cached: normalised.cached_input_tokens,
    reasoning: normalised.reasoning_tokens,
  };
};

// What the convention says shall carry no usage: counting tokens is free, and reading a stored response was billed before.
const NO_USAGE = new Set(['count_tokens', 'countTokens', 'responses.input_tokens', 'responses.retrieve', 'assistants.runs.retrieve', 'cachedContents']);

// Nothing is generated, embedded or counted: lists of models, the upkeep of caches, runs of assistants.
const NOT_A_CALL = new Set(['models', 'cachedContents', 'assistants.runs.retrieve']);

/** Some hosts' numbers contradict themselves: more cached than all input, more reasoning than all output. Nobody can say what is right. */
const contradictsItself = ({ input, output, cached, reasoning }: Counts, written: number): boolean =>
  (cached ?? 0) + written > (input ?? Number.POSITIVE_INFINITY) || (reasoning ?? 0) > (output ?? Number.POSITIVE_INFINITY);

/** The counts that the telemetry must show, where the response states some that make sense. */
const checkable = (entry: RecordedEntry): Counts | undefined => {
  const counts = NO_USAGE.has(entry.api) ? undefined : expectedCounts(entry);
  const written = entry.expected.normalised?.cache_creation_input_tokens ?? 0;
  return counts === undefined || contradictsItself(counts, written) ? undefined : counts;
};

const tokensOf = (call: CallRow): Readonly<Record<keyof Counts, number>> => ({
  input: call.input ?? 0,
  output: call.output ?? 0,
  cached: call.cached,
  reasoning: call.reasoning,
});

const unequal = (entry: RecordedEntry, call: CallRow): readonly string[] => {
  const counts = checkable(entry);
  if (counts === undefined) return [];
  const seen = tokensOf(call);
  return (Object.keys(seen) as (keyof Counts)[]).flatMap((name) => {
    const wanted = counts[name];
    return wanted === undefined || wanted === null || wanted === seen[name] ? [] : [`${entry.id}: ${wanted} ${name} tokens recorded, ${seen[name]} seen`];
  });
};

/** Holds the recorded exchanges that were served against the calls that the telemetry shows; the user of a call names its entry. */
export const reconcileRecordings = (entries: readonly RecordedEntry[], served: ReadonlySet<string>, calls: readonly CallRow[]): readonly Finding[] => {
  const byEntry = new Map<string, CallRow[]>();
  for (const call of calls) byEntry.set(call.user, [...(byEntry.get(call.user) ?? []), call]);
  const sent = entries.filter((entry) => served.has(entry.id));
  const unsent = entries.filter((entry) => !served.has(entry.id));
  const spans = sent.flatMap((entry) => {
    const n = byEntry.get(entry.id)?.length ?? 0;
    const wanted = NOT_A_CALL.has(entry.api) ? 0 : 1;
    return n === wanted ? [] : [`${entry.id}: ${n} spans, ${wanted} wanted`];
  });
  const each = (check: (entry: RecordedEntry, call: CallRow) => readonly string[]): readonly string[] =>
    sent.flatMap((entry) => (byEntry.get(entry.id) ?? []).flatMap((call) => check(entry, call)));
  const ids = each((entry, call) => {
    const wanted = entry.expected.response_id;
    return wanted === undefined || wanted === null || wanted === '' || wanted === call.responseId
      ? []
      : [`${entry.id}: id ${wanted} recorded, ${call.responseId} seen`];
  });
  const failures = each((entry, call) => {
    const failed = entry.response.status >= 400 || entry.expected.outcome === 'stream_error';
    return failed && call.outcome === 'completed' ? [`${entry.id}: ${entry.expected.outcome}, but the span says completed`] : [];
  });
  const reported = sent.filter((entry) => checkable(entry) !== undefined);
  const ambiguous = sent.filter((entry) => expectedCounts(entry) !== undefined && !NO_USAGE.has(entry.api)).length - reported.length;
  const others = sent.filter((entry) => NOT_A_CALL.has(entry.api)).length;
  return [
    finding(
      'the SDKs sent every recorded request',
      `${sent.length} of ${entries.length} exchanges`,
      unsent.map((entry) => entry.id),
    ),
    finding('every exchange is exactly one span', `${sent.length} exchanges, ${others} of them no call, ${calls.length} spans`, spans),
    finding(
      'the tokens are those of the raw responses',
      `${reported.length} responses with usage, ${ambiguous} more whose numbers contradict themselves`,
      each(unequal),
    ),
    finding('the response ids are those of the raw responses', `${sent.filter((entry) => (entry.expected.response_id ?? '') !== '').length} ids`, ids),
    finding('what failed at the provider failed in the telemetry', `${sent.filter((entry) => entry.response.status >= 400).length} refusals`, failures),
  ];
};
