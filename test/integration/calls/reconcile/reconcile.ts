/** Holds all the accounts of one run against one another, and says in sentences where they differ. */
import type { Case, Say } from './case.ts';
import { checkCall } from './check-call.ts';
import { checkLimits } from './check-limits.ts';
import { checkBudgets, checkExports, checkMetrics, checkPage } from './check-sums.ts';
import { askedOf } from './operations.ts';
import type { Plan } from './plan.ts';
import type { Accounts } from './run-plan.ts';

const shown = ({ call, span, bill, told, charged, asked }: Case): string =>
  JSON.stringify({ ...call, bill: bill.map(({ end, tokens }) => [end, tokens.input, tokens.output]), told, charged, asked, span });

/** Gives a sentence for everything in which the accounts of a run differ. */
export const differences = (plan: Plan, accounts: Accounts): readonly string[] => {
  const found: string[] = [];
  const say: Say = (sentence) => void found.push(sentence);
  const { spans, bill, ledger, budgets } = accounts;
  const CODES = { exit: 7, throw: 1, signal: 'SIGTERM', end: 0 } as const;
  if (accounts.code !== CODES[plan.leave]) say(`the process ended with ${accounts.code}: ${accounts.stderr.slice(0, 2000)}`);
  const seen = plan.calls.filter((call) => askedOf(call).isSeen);
  if (spans.length !== seen.length) say(`${spans.length} spans, ${seen.length} calls`);
  if (ledger.length !== seen.length) say(`${ledger.length} records in the ledger, ${seen.length} calls`);
  const spansOf = Map.groupBy(spans, ({ attributes }) => Number(attributes['purser.tag.n']));
  const records = new Map(ledger.map((record) => [record.id, record]));
  const lines = Map.groupBy(bill, ({ id }) => Number(id));
  const spent = new Map(budgets.map((budget) => [budget.key, budget.spent]));
  const spentOn = (id: string, n: number): number | undefined => (budgets.length === 0 ? undefined : (spent.get(`${id}/${n}`) ?? 0));
  const told = new Map(accounts.told.map((one) => [one.n, one]));
  const cases = seen.flatMap((call): readonly Case[] => {
    const [span, ...others] = spansOf.get(call.n) ?? [];
    if (span === undefined || others.length > 0) say(`call ${JSON.stringify(call)} has ${span === undefined ? 0 : others.length + 1} spans`);
    if (span === undefined) return [];
    const { attributes } = span;
    const charged = spentOn('each', call.n);
    const one = {
      call,
      told: told.get(call.n),
      span: attributes,
      bill: lines.get(call.n) ?? [],
      record: records.get(String(attributes['purser.call.id'])),
      charged: charged === undefined ? undefined : Math.round(charged * 1e9),
      asked: spentOn('asked', call.n),
    };
    const sayOf: Say = (sentence) => say(`call ${call.n} ${sentence}: ${shown(one)}`);
    checkCall(one, span.events.filter(({ name }) => name === 'purser.attempt').length, sayOf);
    return [one];
  });
  const attributes = spans.map((span) => span.attributes);
  checkMetrics(accounts, attributes, say);
  checkPage(accounts, cases, say);
  checkBudgets(accounts, cases, say);
  checkLimits(accounts, cases, say);
  checkExports(accounts, spans, say);
  return found;
};
