import { type Attributes, type Case, isLost, number, type Say, sum } from './case.ts';
import { askedOf } from './operations.ts';
import { isDirect, type PlannedCall } from './planned-call.ts';
import type { Accounts } from './run-plan.ts';

const tokensOf = (span: Attributes): number => number(span, 'gen_ai.usage.input_tokens') + number(span, 'gen_ai.usage.output_tokens');

/** When the spans of calls began and ended, in milliseconds since the epoch. */
type Times = ReadonlyMap<unknown, { readonly startMs: number; readonly endMs: number }>;

const checkOne = ({ call, span }: Case, times: Times, say: Say): void => {
  const waited = span['purser.queue.wait'] as number | undefined;
  const began = times.get(String(call.n))?.startMs ?? Number.POSITIVE_INFINITY;
  // On a slow machine the place may be free again before it is wanted.
  const held = times.get(String(call.behind))?.endMs ?? 0;
  if (call.waits === true && (waited ?? 0) <= 0 && began + 30 < held) say('has not waited for its place');
  if (call.waits === false && waited !== undefined) say(`has waited for ${waited} s, and all places were free`);
};

const checkStore = ({ limits }: Accounts, all: readonly Case[], say: Say): void => {
  if (limits.size === 0) return;
  const cases = all.filter(({ call }) => askedOf(call).isLimited);
  for (const [key, { reserved }] of limits) if (reserved !== 0) say(`${reserved} of the limit ${key} is held still`);
  const requests = sum(cases, ({ bill }) => bill.length);
  const lost = cases.filter(({ call, bill }) => isLost(call, bill)).length;
  const sent = limits.get('sent')?.committed ?? Number.NaN;
  if (!(sent >= requests && sent <= requests + lost)) say(`the limit counted ${sent} requests, the provider ${requests}, and ${lost} perhaps never came to it`);
  for (const { call, span, bill } of cases) {
    const used = limits.get(`used/${call.n}`)?.committed ?? Number.NaN;
    if (!(used >= tokensOf(span))) say(`the limit counted ${used} tokens of call ${call.n}, its span ${tokensOf(span)}`);
    if (call.expected.usage === 'exact' && bill.length === 1 && used !== tokensOf(span))
      say(`the limit counted ${used} tokens of call ${call.n}, its span ${tokensOf(span)}`);
    if (call.expected.requests === 0 && call.expected.perhaps !== true && used !== 0)
      say(`the limit counted ${used} tokens of call ${call.n}, which was never sent`);
  }
};

/** Says where limits, their metrics and their store differ from what the calls tell. */
export const checkLimits = (accounts: Accounts, cases: readonly Case[], say: Say): void => {
  const { receiver } = accounts;
  const times: Times = new Map(accounts.exported.map((span) => [span.attributes['purser.tag.n'], span]));
  for (const one of cases) checkOne(one, times, (sentence) => say(`call ${one.call.n} ${sentence}: ${JSON.stringify({ ...one.call, span: one.span })}`));
  for (const { attributes, value } of receiver.latest('purser.queue.length'))
    if (value !== 0) say(`${value} calls wait for ${String(attributes['purser.rule'])} still`);
  const waited = cases.filter(({ span }) => span['purser.queue.wait'] !== undefined).length;
  const told = sum(receiver.latest('purser.queue.wait'), ({ count }) => count ?? 0);
  // A call that still waits when the process ends is neither sent nor refused, nor does one wait that is on its way: their spans say nothing of it.
  // One of Node's own clients that gives up has ended before the queue has said how long it was in it.
  const hasLeft = ({ via, expected, behind }: PlannedCall): boolean => behind !== undefined && via !== undefined && expected.requests === 0;
  const last = cases.filter(({ call }) => call.tags?.['place'] === 'last' || isDirect(call) || hasLeft(call)).length;
  if (told < waited || told > waited + last) say(`${waited} spans say that their calls have waited, the metric ${told}`);
  const refused = receiver
    .latest('purser.policy.decisions')
    .filter(({ attributes: a }) => a['purser.policy'] === 'limits' && a['purser.decision'] === 'refused');
  for (const rule of ['lane', 'behind', 'away', 'last', 'once', 'sent', 'used']) {
    const spans = cases.filter(({ span }) => span['purser.blocked.rule'] === rule).length;
    const counted = sum(
      refused.filter(({ attributes }) => attributes['purser.rule'] === rule),
      ({ value }) => value,
    );
    if (spans !== counted) say(`${rule} has refused ${counted} calls by the metric, ${spans} by the spans`);
  }
  checkStore(accounts, cases, say);
};
