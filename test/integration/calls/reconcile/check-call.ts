import { BUCKETS } from '../../../../src/call/usage.ts';
import { type Case, isLost, number, type Say, sum } from './case.ts';
import { askedOf } from './operations.ts';
import { isDirect, type PlannedCall } from './planned-call.ts';

/** Nano-dollars, rounded up call by call, as the ledger and budgets take them; a span's dollars are exact to a pico-dollar. */
const nanoOf = (usd: unknown): number | undefined => (typeof usd === 'number' ? Math.ceil(Math.round(usd * 1e12) / 1e3) : undefined);

/** Who answers, by what is asked and by which client. */
const providerOf = ({ api, form }: PlannedCall): string => {
  if (form === 'azure' || form === 'deployed') return 'azure.ai.openai';
  if (form === 'bedrock') return 'aws.bedrock';
  if (form === 'vertex') return 'gcp.vertex_ai';
  if (api === 'genai' || api === 'countContent' || api === 'embedContent') return 'gcp.gemini';
  return api === 'messages' || api === 'countMessages' ? 'anthropic' : 'openai';
};

const checkSpan = ({ call, span, bill, told }: Case, say: Say): void => {
  const { expected } = call;
  if (span['gen_ai.provider.name'] !== providerOf(call)) say(`was made of ${String(span['gen_ai.provider.name'])}, not ${providerOf(call)}`);
  const outcome = String(span['purser.outcome']);
  if (!expected.outcomes.includes(outcome)) say(`ended as ${outcome}, not ${expected.outcomes.join(' or ')}`);
  const reason = String(span['purser.abandoned.reason']);
  if (outcome === 'abandoned' && expected.reasons?.includes(reason) !== true) say(`was abandoned for ${reason}, not ${expected.reasons?.join(' or ')}`);
  if (expected.errorType !== undefined && span['error.type'] !== expected.errorType) say(`failed of ${String(span['error.type'])}, not ${expected.errorType}`);
  if (bill.length !== expected.requests && !isLost(call, bill)) say(`is ${bill.length} requests on the bill, not ${expected.requests}`);
  const input = span['gen_ai.usage.input_tokens'] as number | undefined;
  const output = span['gen_ai.usage.output_tokens'] as number | undefined;
  const billed = bill.at(-1)?.tokens;
  // An app's reader may be ahead of the app: where the provider's end was read, all is known, but for the usage that chat streams say behind it.
  const before = call.api === 'chat' && span['purser.usage.missing'] === true;
  const exact = expected.usage === 'exact' || (outcome === 'completed' && expected.usage === 'some' && bill.at(-1)?.end === 'answered' && !before);
  if (exact && (input !== billed?.input || (output ?? 0) !== billed?.output)) say(`has ${input}/${output} tokens, billed ${billed?.input}/${billed?.output}`);
  if (exact && number(span, 'gen_ai.usage.cache_read.input_tokens') !== billed?.cached) say('has other cached tokens than were billed');
  if (exact && number(span, 'gen_ai.usage.reasoning.output_tokens') !== (billed?.reasoning ?? 0)) say('has other reasoning tokens than were billed');
  if (expected.usage === 'none' && (input !== undefined || output !== undefined)) say(`has ${input}/${output} tokens, though nothing said so`);
  if (input !== undefined && input !== billed?.input) say(`has ${input} input tokens, billed ${billed?.input}`);
  if (output !== undefined && output > (billed?.output ?? 0)) say(`has ${output} output tokens, billed ${billed?.output}`);
  const isFlagged = String(span['purser.usage.flags']).includes('output_unfinished');
  const isKnown = outcome === 'completed' && input !== undefined;
  if (isKnown && isFlagged !== (bill.at(-1)?.end === 'short')) say(`${isFlagged ? 'is' : 'is not'} flagged as unfinished, and was ${bill.at(-1)?.end}`);
  const isPriced = span['gen_ai.usage.cost.amount'] !== undefined;
  if (isFlagged && isPriced && span['purser.cost.confidence'] !== 'partial')
    say(`has a cost that is ${String(span['purser.cost.confidence'])}, of an unfinished output`);
  if ((told?.usage?.output ?? 0) > (output ?? 0)) say(`has ${output} output tokens, and the app was told of ${told?.usage?.output}`);
};

/** Attempts are tries: one that the app called off before it was sent is one, and on no bill; one that was in flight when the process ended is none yet. */
const checkAttempts = ({ call, span, bill }: Case, events: number, say: Say): void => {
  const attempts = number(span, 'purser.attempts');
  if (events !== attempts) say(`has ${attempts} attempts and ${events} events of them`);
  const most = isLost(call, bill) || call.ending === 'before' || call.ending === 'early' || call.ending === 'late' ? Math.max(1, bill.length) : bill.length;
  if (attempts > most || (attempts < bill.length && call.ending !== 'exit')) say(`has ${attempts} attempts, ${bill.length} requests on the bill`);
};

const checkRecord = ({ span, record }: Case, say: Say): void => {
  if (record === undefined) return say('is not in the ledger');
  if (record.id !== span['purser.call.id']) say(`is ${record.id} in the ledger and ${String(span['purser.call.id'])} in its span`);
  if (record.outcome !== span['purser.outcome']) say(`is ${record.outcome} in the ledger and ${String(span['purser.outcome'])} in its span`);
  const nano = nanoOf(span['gen_ai.usage.cost.amount']);
  if (record.nano !== nano) say(`cost ${record.nano} nano-dollars in the ledger and ${nano} in its span`);
  const { usage } = record;
  const has = usage !== undefined;
  if (has !== (span['gen_ai.usage.input_tokens'] !== undefined)) say(`has usage in ${has ? 'the ledger' : 'its span'} alone`);
  const output = (usage?.output ?? 0) + (usage?.reasoning ?? 0) + (usage?.imageOutput ?? 0);
  const all = sum(BUCKETS, (bucket) => usage?.[bucket] ?? 0);
  if (all - output !== number(span, 'gen_ai.usage.input_tokens') || output !== number(span, 'gen_ai.usage.output_tokens'))
    say(`has ${all - output}/${output} tokens in the ledger and other ones in its span`);
  if ((record.attempts ?? 1) !== Math.max(1, number(span, 'purser.attempts'))) say(`has ${record.attempts} attempts in the ledger and other ones in its span`);
};

/** Proven to be without charge. @source docs/BUDGETS.md, "What holds" */
export const FREE = new Set([400, 401, 403, 429, 503]);

/** What docs/BUDGETS.md says of charges: what is known exactly is charged exactly, what proves to be free is free, and for want of knowledge nothing is given back. */
const checkCharge = ({ span, bill, charged, call }: Case, say: Say): void => {
  if (charged === undefined) return;
  const cost = nanoOf(span['gen_ai.usage.cost.amount']);
  const last = bill.at(-1);
  const earlier = bill.slice(0, -1).some(({ status }) => !FREE.has(status));
  const isFree = call.expected.requests === 0 || askedOf(call).isFree || (last?.end === 'failed' && FREE.has(last.status));
  // What undici is given goes its way before anybody is asked.
  const isOnItsWay = call.ending === 'before' && isDirect(call);
  if (isFree && !earlier && charged !== 0 && !isOnItsWay) say(`was charged ${charged}, and cost nothing`);
  // What was on its way when the app gave up may be charged, since nobody can say what became of it, and may not, where the store was asked still.
  if (isFree || isLost(call, bill)) return;
  if (charged === 0 || charged < (cost ?? 0)) say(`was charged ${charged}, which is less than the ${cost} of its span`);
  if (last?.end === 'answered' && cost !== undefined && span['purser.outcome'] === 'completed' && !earlier && charged !== cost)
    say(`was charged ${charged}, and its span cost ${cost}`);
};

/** Each try is a request, whatever became of it. */
const checkAsked = ({ call, bill, asked }: Case, say: Say): void => {
  if (asked === undefined) return;
  const most = isLost(call, bill) || call.expected.perhaps === true ? Math.max(1, bill.length) : bill.length;
  if (asked < bill.length || asked > most) say(`is ${asked} requests for its budget, ${bill.length} on the bill`);
};

/** Says in what the accounts of one call differ. `events` is how many attempts its span tells of one by one. */
export const checkCall = (one: Case, events: number, say: Say): void => {
  checkSpan(one, say);
  checkAttempts(one, events, say);
  checkRecord(one, say);
  checkCharge(one, say);
  checkAsked(one, say);
};
