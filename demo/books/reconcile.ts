import type { BillLine, BillSummary } from '../../test/support/local-provider/bill.ts';
import type { Books } from './books.ts';
import type { CallRow } from './call-row.ts';
import type { Finding } from './finding.ts';
import { finding } from './finding.ts';

const count = <T>(items: readonly T[], key: (item: T) => string): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1);
  return counts;
};

const differences = (what: string, billed: ReadonlyMap<string, number>, seen: ReadonlyMap<string, number>): readonly string[] => {
  const list: string[] = [];
  for (const key of new Set([...billed.keys(), ...seen.keys()])) {
    const [a, b] = [billed.get(key) ?? 0, seen.get(key) ?? 0];
    if (a !== b) list.push(`${key}: ${a} ${what} at the provider, ${b} in the telemetry`);
  }
  return list;
};

const plainModel = (model: string | undefined): string => (model ?? '').replace(/^models\//, '');

/** A call that a budget refused never reached the provider. */
const sent = (calls: readonly CallRow[]): readonly CallRow[] => calls.filter((call) => call.outcome !== 'blocked');

const everyCall = (lines: readonly BillLine[], calls: readonly CallRow[]): Finding => {
  const first = lines.filter((line) => line.attempt === 1);
  const billed = count(first, (line) => `${line.vendor} ${plainModel(line.requestModel)}`);
  const seen = count(calls, (call) => `${call.vendor} ${call.requestModel}`);
  return finding(
    'every call that reached the provider has exactly one span',
    `${first.length} calls at the provider, ${calls.length} spans`,
    differences('calls', billed, seen),
  );
};

const everyAttempt = (lines: readonly BillLine[], calls: readonly CallRow[]): Finding => {
  const attempts = calls.reduce((sum, call) => sum + call.attempts, 0);
  const against = attempts === lines.length ? [] : [`${lines.length} requests at the provider, ${attempts} attempts in the telemetry`];
  return finding('every HTTP request, retries included, is an attempt of a call', `${lines.length} requests, ${attempts} attempts`, against);
};

const tokensOf = (line: BillLine): Readonly<Record<string, number>> => ({
  input: line.tokens.input,
  cached: line.tokens.cached,
  written: line.tokens.written5m + line.tokens.written1h,
  output: line.tokens.output,
  reasoning: line.tokens.reasoning,
});

const unequalTokens = (line: BillLine, call: CallRow): readonly string[] =>
  Object.entries(tokensOf(line)).flatMap(([name, billed]) => {
    const seen = call[name as 'input' | 'cached' | 'written' | 'output' | 'reasoning'] ?? 0;
    return billed === seen ? [] : [`${call.requestModel} ${line.responseId}: ${billed} ${name} tokens billed, ${seen} seen`];
  });

const isEmpty = (line: BillLine): boolean => line.tokens.input + line.tokens.output === 0;

const sums = (items: readonly (readonly [model: string, tokens: number])[]): ReadonlyMap<string, number> => {
  const map = new Map<string, number>();
  for (const [model, n] of items) map.set(model, (map.get(model) ?? 0) + n);
  return map;
};

const everyToken = (lines: readonly BillLine[], calls: readonly CallRow[]): Finding => {
  const byId = new Map(calls.flatMap((call) => (call.responseId === undefined ? [] : [[call.responseId, call] as const])));
  const billed = lines.filter((line) => line.end === 'answered' && !isEmpty(line));
  const against: string[] = [];
  let tokens = 0;
  for (const line of billed) {
    if (line.responseId === undefined) continue;
    tokens += line.tokens.input + line.tokens.output;
    const call = byId.get(line.responseId);
    if (call === undefined) against.push(`${line.requestModel} ${line.responseId} is in no span`);
    else if (call.outcome === 'completed') against.push(...unequalTokens(line, call));
  }
  const nameless = billed.filter((line) => line.responseId === undefined);
  const namelessModels = new Set(nameless.map((line) => plainModel(line.requestModel)));
  const billedSums = sums(nameless.map((line) => [plainModel(line.requestModel), line.tokens.input + line.tokens.output] as const));
  const seenSums = sums(
    calls.flatMap((call) => (namelessModels.has(call.requestModel) ? [[call.requestModel, (call.input ?? 0) + (call.output ?? 0)] as const] : [])),
  );
  for (const n of billedSums.values()) tokens += n;
  against.push(...differences('tokens', billedSums, seenSums));
  return finding('every token that the provider billed is in the telemetry', `${tokens.toLocaleString('en-US')} tokens over ${billed.length} answers`, against);
};

/** A stream that broke off may hold no counts, but it must be there under its own end. */
const everyBroken = (lines: readonly BillLine[], calls: readonly CallRow[]): Finding => {
  const broken = lines.filter((line) => line.end !== 'answered' && line.end !== 'failed');
  const ended = calls.filter((call) => call.attempts > 0 && call.outcome !== 'completed' && call.outcome !== 'blocked');
  const refused = lines.filter((line) => line.end === 'failed').length;
  const against = broken.flatMap((line) => {
    const wanted = line.end === 'client_gone' ? 'cancelled' : 'failed';
    const rows = ended.filter((row) => row.requestModel === plainModel(line.requestModel) && (row.responseId ?? line.responseId) === line.responseId);
    const seen = rows.map((row) => row.outcome);
    if (seen.includes(wanted)) return [];
    return [`${line.requestModel} ${line.responseId}: ${line.end} at the provider, ${seen.join(' and ') || 'no such end'} in the telemetry`];
  });
  return finding('every stream that broke off ended its span', `${broken.length} broken streams, ${refused} refused requests`, against);
};

const onlyOurs = (books: Books): Finding => {
  const strangers = books.others.filter(
    (span) => Object.keys(span.attributes).some((name) => name.startsWith('gen_ai.')) && !span.name.startsWith('execute_tool'),
  );
  return finding(
    'no call has a second span',
    `${books.calls.length} call spans, ${books.duplicates} sent twice`,
    strangers.map((span) => `${span.scope}: ${span.name}`),
  );
};

/** Holds the provider's own bill against what came over OTLP. */
export const reconcile = (bill: BillSummary, books: Books): readonly Finding[] => {
  const calls = sent(books.calls);
  return [everyCall(bill.calls, calls), everyAttempt(bill.calls, calls), everyToken(bill.calls, calls), everyBroken(bill.calls, calls), onlyOurs(books)];
};
