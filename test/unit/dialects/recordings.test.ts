import { expect, test } from 'vitest';
import { reportedInput, reportedOutput, reportedReasoning, totalCacheRead, totalCacheWrite } from '../../../src/call/usage.ts';
import { picoToUsd } from '../../../src/call/units.ts';
import type { ReadFacts } from '../../../src/providers/shared/dialect.ts';
import { readerOf } from '../../../src/providers/shared/dialects.ts';
import { SseParser } from '../../support/sse-parser.ts';
import type { Entry } from './recorded.ts';
import { entries, haveRecordings, placeOf } from './recorded.ts';

/** Entries whose path is no call to a model. */
const NO_DIALECT: ReadonlySet<string> = new Set(['models', 'cachedContents', 'assistants.runs.retrieve']);

const read = (entry: Entry, cut: number, skim: boolean): ReadFacts | undefined => {
  const place = placeOf(entry);
  if (place === undefined) return undefined;
  const reader = readerOf(place.dialect).response(place.provider, { captureContent: false });
  reader.headers((name) => entry.response.headers[name], entry.response.status);
  if (entry.response.sse_text !== undefined) {
    const parser = new SseParser(({ data }) => {
      if (skim && !reader.wants(data)) return;
      try {
        reader.event(data === '[DONE]' ? data : JSON.parse(data));
      } catch {
        // Not JSON: nothing to read.
      }
    });
    const bytes = new TextEncoder().encode(entry.response.sse_text);
    for (let at = 0; at < bytes.length; at += cut) parser.push(bytes.subarray(at, at + cut));
    parser.end();
  } else if (entry.response.body !== undefined) reader.body(entry.response.body);
  return reader.facts();
};

const REASONS: Readonly<Record<number, string>> = { 1: 'STOP', 2: 'MAX_TOKENS' };

/** What differs on purpose, and why. Everything else must be equal in every entry. */
const EXCEPTIONS: Readonly<Record<string, { readonly what: readonly string[]; readonly why: string }>> = {
  'google.interactions.s.68aec94496': { what: ['tool calls'], why: 'the last event has no steps; the call is read from the step that was streamed' },
  'openai_compatible.responses.s.1baa98b6b8': {
    what: ['tool calls'],
    why: 'the last event has an empty output; the calls are read from the items that were streamed',
  },
};

// Tools without a name of their own, such as `shell_call`, are called by their type here and left out there.
const toolNames = (facts: ReadFacts): readonly string[] => (facts.response.toolCalls ?? []).map(({ name }) => name).filter((name) => !name.endsWith('_call'));

const differences = (entry: Entry, facts: ReadFacts): readonly string[] => {
  const found: string[] = [];
  const same = (what: string, got: unknown, wanted: unknown): void => {
    if (JSON.stringify(got) !== JSON.stringify(wanted)) found.push(`${what}: ${JSON.stringify(got)} is not ${JSON.stringify(wanted)}`);
  };
  const { expected } = entry;
  const { normalised, all_iterations: all } = expected;
  const { usage } = facts;
  if (normalised === undefined || normalised === null) same('usage', usage === undefined ? 0 : reportedInput(usage) + reportedOutput(usage), 0);
  else if (usage === undefined) found.push('usage is missing');
  else {
    const { buckets } = usage;
    const sum = all === undefined ? undefined : all.input_tokens + all.cached_input_tokens + all.cache_creation_input_tokens;
    same('input', reportedInput(usage), sum ?? normalised.input_tokens_total);
    same('output', reportedOutput(usage), all?.output_tokens ?? normalised.output_tokens_total ?? 0);
    same('cache read', totalCacheRead(buckets), all?.cached_input_tokens ?? normalised.cached_input_tokens ?? 0);
    same('cache write', totalCacheWrite(buckets), all?.cache_creation_input_tokens ?? normalised.cache_creation_input_tokens ?? 0);
    same('cache write 1h', buckets.cacheWrite1h, normalised.cache_creation_1h_input_tokens ?? 0);
    same('unfinished', usage.flags.includes('output_unfinished'), false);
    same('reasoning', reportedReasoning(usage), normalised.reasoning_tokens ?? 0);
  }
  const { cost, cost_in_usd_ticks: ticks } = expected.raw_usage ?? {};
  const dollars = (typeof cost === 'object' ? cost.total_cost : cost) ?? (ticks === undefined ? undefined : ticks / 1e10);
  same('cost', usage?.providerCost === undefined ? undefined : picoToUsd(usage.providerCost.amount).toFixed(11), dollars?.toFixed(11));
  const reasons = expected.finish_reasons?.map((one) => (typeof one === 'number' ? REASONS[one] : (one ?? '')));
  if (reasons !== undefined) same('finish reasons', facts.response.finishReasons ?? [], reasons);
  if (expected.outcome === 'ok' || expected.response_id !== null) {
    same('id', facts.response.id ?? null, expected.response_id);
    same('model', facts.response.model ?? null, expected.response_model);
  }
  if (typeof expected.status === 'string') same('status', facts.response.status, expected.status);
  if (typeof expected.service_tier === 'string' && expected.service_tier !== '') same('tier', facts.response.serviceTier, expected.service_tier);
  if (expected.tool_calls !== undefined)
    same(
      'tool calls',
      toolNames(facts),
      expected.tool_calls.filter((name) => name !== ''),
    );
  if (expected.outcome !== 'ok' && entry.response.body_text === undefined) same('error', facts.error?.message ?? null, expected.error?.message ?? null);
  else if (expected.outcome === 'ok' && facts.error !== undefined && expected.status !== 'failed') found.push(`error: ${facts.error.type}`);
  // Some hosts send no `[DONE]`: a stream whose every choice said why it ended has ended for us.
  const allFinished = (facts.response.finishReasons ?? []).length > 0 && !facts.response.finishReasons?.includes('');
  if (expected.stream_complete !== undefined) same('ended', facts.ended, expected.stream_complete || allFinished);
  return found;
};

test.skipIf(!haveRecordings).each([
  ['cut into 61 bytes, every event parsed', 61, false],
  ['cut into 4096 bytes, events parsed where the reader wants them', 4096, true],
])('reads every recorded response: %s', (_how, cut, skim) => {
  const failed: string[] = [];
  let readCount = 0;
  for (const entry of entries) {
    const facts = read(entry, cut, skim);
    if (facts === undefined) {
      if (!NO_DIALECT.has(entry.api)) failed.push(`${entry.id} ${entry.request.path}: no dialect`);
      continue;
    }
    readCount++;
    const all = differences(entry, facts);
    if (EXCEPTIONS[entry.id] !== undefined && all.length === 0) failed.push(`${entry.id}: the exception is no longer needed`);
    const found = all.filter((one) => !EXCEPTIONS[entry.id]?.what.includes(one.split(':')[0] ?? ''));
    if (found.length > 0) failed.push(`${entry.id}: ${found.join('; ')}`);
  }
  expect(failed).toEqual([]);
  expect(readCount).toBeGreaterThan(900);
});
