import type { Outcome } from '../../src/call/outcome.ts';
import { reportedInput, reportedOutput, reportedReasoning, totalCacheRead, totalCacheWrite, totalInput, totalOutput } from '../../src/call/usage.ts';
import type { Recording } from './send.ts';

interface Normalised {
  readonly input_tokens_total: number | null;
  readonly cached_input_tokens: number | null;
  readonly cache_creation_input_tokens: number | null;
  readonly output_tokens_total: number | null;
  readonly reasoning_tokens: number | null;
}

interface Iterations {
  readonly equals_top_level?: boolean;
  readonly input_tokens?: number;
  readonly output_tokens?: number;
  readonly cached_input_tokens?: number;
  readonly cache_creation_input_tokens?: number;
}

const differ = (name: string, got: unknown, want: unknown): string[] => (got === want ? [] : [`${name}: ${String(got)} instead of ${String(want)}`]);

const usageDifferences = (outcome: Outcome, expected: Recording['expected']): string[] => {
  const normalised = expected['normalised'] as Normalised | null | undefined;
  const iterations = expected['all_iterations'] as Iterations | null | undefined;
  const { usage } = outcome;
  if (normalised === undefined || normalised === null || normalised.input_tokens_total === null) {
    return usage === undefined || totalInput(usage.buckets) + totalOutput(usage.buckets) === 0 ? [] : ['usage was read where there is none'];
  }
  if (usage === undefined) return ['usage is missing'];
  const { buckets } = usage;
  const summed = iterations !== undefined && iterations !== null && iterations.equals_top_level === false;
  const input = summed
    ? (iterations.input_tokens ?? 0) + (iterations.cached_input_tokens ?? 0) + (iterations.cache_creation_input_tokens ?? 0)
    : normalised.input_tokens_total;
  return [
    ...differ('input', reportedInput(usage), input),
    ...differ('output', reportedOutput(usage), summed ? iterations.output_tokens : (normalised.output_tokens_total ?? 0)),
    ...differ('cache read', totalCacheRead(buckets), (summed ? iterations.cached_input_tokens : normalised.cached_input_tokens) ?? 0),
    ...differ('cache write', totalCacheWrite(buckets), (summed ? iterations.cache_creation_input_tokens : normalised.cache_creation_input_tokens) ?? 0),
    ...(summed ? [] : differ('reasoning', reportedReasoning(usage), normalised.reasoning_tokens ?? 0)),
  ];
};

/** What was read from a response against the facts that are recorded with it; empty when they agree. */
export const differences = (outcome: Outcome, recording: Recording): string[] => {
  const { expected } = recording;
  const found = usageDifferences(outcome, expected);
  const reasons = expected['finish_reasons'] as readonly (string | null)[] | null | undefined;
  if (reasons !== null && reasons !== undefined && reasons.length > 0) {
    // Some Vertex clients recorded the enum's numbers instead of the wire format's words.
    const words = ['', 'STOP', 'MAX_TOKENS', 'SAFETY'];
    const want = reasons
      .filter((reason) => reason !== null)
      .map((reason) => (typeof reason === 'number' ? words[reason] : reason))
      .join();
    const got = (outcome.response.finishReasons ?? []).filter((reason) => reason !== 'error' || want.includes('error')).join();
    found.push(...differ('finish reasons', got, want));
  }
  const id = expected['response_id'];
  if (typeof id === 'string' && id !== '') found.push(...differ('response id', outcome.response.id, id));
  const model = expected['response_model'];
  if (typeof model === 'string' && model !== '') found.push(...differ('response model', outcome.response.model, model));
  return found;
};
