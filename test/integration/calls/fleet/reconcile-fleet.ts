/** Holds the accounts of a fleet against one another, and says in sentences where they differ. */
import type { BillLine } from '../../../support/local-provider/bill.ts';
import { type Attributes, type Case, isLost, type Say, sum } from '../reconcile/case.ts';
import { checkCall, FREE } from '../reconcile/check-call.ts';
import { metricsOf, same } from '../reconcile/check-sums.ts';
import { isDirect, type PlannedCall } from '../reconcile/planned-call.ts';
import type { Member } from './fleet.ts';
import { type Ended, type FleetAccounts, TIGHT_USD } from './run-fleet.ts';

const CODES = { exit: 7, throw: 1, signal: 'SIGTERM', end: 0 } as const;

const codeOf = ({ plan }: Member): number | string => (plan.killAfter === undefined ? CODES[plan.leave] : 'SIGKILL');

const checkEnd = ({ service: { name, members }, code, codes, stderr }: Ended, say: Say): void => {
  const [first, ...rest] = members;
  if (first === undefined) return;
  const isFirst = first.form === 'alone' || first.form === 'main';
  const wanted = (isFirst ? rest : members).map(codeOf);
  if (isFirst ? code !== codeOf(first) : code !== 0) say(`${name} ended with ${code}: ${stderr.slice(0, 1500)}`);
  if (JSON.stringify(codes) !== JSON.stringify(wanted)) say(`the members of ${name} ended with ${JSON.stringify(codes)}, not ${JSON.stringify(wanted)}`);
  if (stderr.includes('purser:')) say(`${name} said ${stderr.slice(0, 1500)}`);
};

/** The calls of a fleet, as what is to be found of them differs. */
interface Calls {
  /** All that is known of those whose process was not killed. */
  readonly cases: readonly Case[];
  readonly killed: readonly PlannedCall[];
  readonly bill: ReadonlyMap<number, readonly BillLine[]>;
}

/** What the store charged a key, in the unit of its budget; nothing where it does not know it. */
const spent = ({ budgets }: FleetAccounts, key: string): number => budgets.find((budget) => budget.key === key)?.spent ?? 0;

const nanoOf = (accounts: FleetAccounts, { n }: PlannedCall): number => Math.round(spent(accounts, `each/${n}`) * 1e9);

const isTight = ({ tags }: PlannedCall): boolean => tags?.['tight'] === 'yes';

const membersOf = ({ ended }: FleetAccounts): readonly Member[] => ended.flatMap(({ service }) => service.members);

const callsOf = (accounts: FleetAccounts, say: Say): Calls => {
  const { spans, ledger } = accounts;
  const members = membersOf(accounts);
  const spansOf = Map.groupBy(spans, ({ attributes }) => Number(attributes['purser.tag.n']));
  const records = new Map(ledger.map((record) => [record.id, record]));
  const bill = Map.groupBy(accounts.bill, ({ id }) => Number(id));
  const lived = members.filter(({ plan }) => plan.killAfter === undefined).flatMap(({ plan }) => plan.calls);
  const cases = lived.flatMap((call): readonly Case[] => {
    const [span, ...others] = spansOf.get(call.n) ?? [];
    if (span === undefined || others.length > 0) say(`call ${JSON.stringify(call)} has ${span === undefined ? 0 : others.length + 1} spans`);
    if (span === undefined) return [];
    const record = records.get(String(span.attributes['purser.call.id']));
    const one = { call, told: undefined, span: span.attributes, bill: bill.get(call.n) ?? [], record, charged: nanoOf(accounts, call), asked: undefined };
    const sayOf: Say = (sentence) => say(`call ${call.n} ${sentence}: ${JSON.stringify({ ...one, record: undefined })}`);
    const isRefused = isTight(call) && span.attributes['purser.outcome'] === 'blocked';
    if (isRefused && (one.bill.length > 0 || one.charged > 0)) sayOf('was refused, and billed or charged');
    if (!isRefused) checkCall(one, span.events.filter(({ name }) => name === 'purser.attempt').length, sayOf);
    return [one];
  });
  return { cases, killed: members.filter(({ plan }) => plan.killAfter !== undefined).flatMap(({ plan }) => plan.calls), bill };
};

/** What a killed process was billed is charged: what it was told of its use, or all that was reserved. The provider bills other tokens than the prompt has. */
const checkKilled = (accounts: FleetAccounts, { killed, bill }: Calls, say: Say): void => {
  for (const call of killed) {
    const lines = bill.get(call.n) ?? [];
    const isBilled = lines.some(({ end, status }) => end !== 'failed' || !FREE.has(status));
    // What undici sends at once may be billed before anybody was asked.
    if (isBilled && spent(accounts, `eachTokens/${call.n}`) === 0 && !isDirect(call))
      say(`killed call ${call.n} was billed, and charged nothing: ${JSON.stringify({ call, lines })}`);
  }
};

/** The last point of each series of each process, summed. */
const metric = ({ receiver }: FleetAccounts, name: string, wanted: (attributes: Attributes) => boolean): { readonly value: number; readonly count: number } => {
  const last = new Map<string, { readonly value: number; readonly count: number | undefined }>();
  for (const point of receiver.points)
    if (point.metric === name && wanted(point.attributes)) last.set(JSON.stringify([point.resource['service.instance.id'], point.attributes]), point);
  const points = [...last.values()];
  return { value: sum(points, ({ value }) => value), count: sum(points, ({ count }) => count ?? 0) };
};

/** What was exported by all that lived; a process that was killed pushes its metrics once a minute, and never came to it. */
const checkExports = (accounts: FleetAccounts, { cases }: Calls, say: Say): void => {
  const numbers = new Set(cases.map(({ call }) => call.n));
  const sent = accounts.receiver.spans.filter(({ attributes }) => numbers.has(Number(attributes['purser.tag.n'])));
  const once = new Set(sent.map(({ spanId }) => spanId)).size;
  if (sent.length !== cases.length || once !== cases.length) say(`${sent.length} spans were sent, ${once} of them once, of ${cases.length} calls`);
  for (const [name, wanted, of = 'value', where = {}] of metricsOf(cases.map(({ span }) => span))) {
    const got = metric(accounts, name, (attributes) => Object.entries(where).every(([label, value]) => attributes[label] === value))[of];
    if (!same(got, wanted)) say(`the ${of} of ${name} ${JSON.stringify(where)} is ${got}, by the spans ${wanted}`);
  }
  const told = metric(accounts, 'purser.budget.spend', (attributes) => attributes['purser.budget'] === 'each').value;
  const charged = sum(cases, (one) => one.charged ?? 0) / 1e9;
  if (!same(told, charged)) say(`$${told} were spent by the metric, and the calls of processes that lived were charged $${charged}`);
};

/** What the store says in all is what it says call by call, nothing is held any more, and no limit was passed. */
const checkStore = (accounts: FleetAccounts, { cases, killed, bill }: Calls, say: Say): void => {
  const { budgets, limits } = accounts;
  for (const { key, reserved } of budgets) if (reserved !== 0) say(`${reserved} of ${key} is reserved still`);
  // What counts for a window lapses with it; places are there to be had again.
  for (const [key, { reserved }] of limits) if (/^(?:lane|last)/.test(key) && reserved !== 0) say(`${reserved} of the limit ${key} is held still`);
  for (const [all, each] of [
    ['all', 'each'],
    ['tokens', 'eachTokens'],
  ] as const) {
    const one = sum(
      budgets.filter(({ key }) => key.startsWith(`${each}/`)),
      (budget) => budget.spent,
    );
    if (!same(spent(accounts, all), one)) say(`the budget ${all} was charged ${spent(accounts, all)}, and ${one} call by call`);
  }
  const tight = membersOf(accounts).flatMap(({ plan }) => plan.calls.filter(isTight));
  const ofTight = sum(tight, (call) => nanoOf(accounts, call)) / 1e9;
  if (!same(spent(accounts, 'tight'), ofTight)) say(`the tight budget was charged $${spent(accounts, 'tight')}, and its calls $${ofTight}`);
  if (spent(accounts, 'tight') > TIGHT_USD) say(`the tight budget of $${TIGHT_USD} was charged $${spent(accounts, 'tight')}`);
  const requests = sum(cases, (one) => one.bill.length);
  const lost = cases.filter((one) => isLost(one.call, one.bill)).length;
  const ofKilled = sum(
    killed.filter((call) => !isDirect(call)),
    ({ n }) => bill.get(n)?.length ?? 0,
  );
  const most = requests + lost + sum(killed, (call) => Math.max(1, call.expected.requests));
  const counted = spent(accounts, 'requests');
  if (counted < requests + ofKilled || counted > most)
    say(`${counted} requests were charged, the provider had ${requests} and ${ofKilled} of killed processes, and ${lost} perhaps never came to it`);
  const limited = limits.get('sent')?.committed ?? 0;
  if (limited < requests || limited > most) say(`the limit counted ${limited} requests, the provider ${requests}`);
};

/** Gives a sentence for everything in which the accounts of a fleet differ. */
export const fleetDifferences = (accounts: FleetAccounts): readonly string[] => {
  const found: string[] = [];
  const say: Say = (sentence) => void found.push(sentence);
  for (const one of accounts.ended) checkEnd(one, say);
  const calls = callsOf(accounts, say);
  checkKilled(accounts, calls, say);
  checkExports(accounts, calls, say);
  checkStore(accounts, calls, say);
  return found;
};
