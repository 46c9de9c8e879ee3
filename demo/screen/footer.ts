import type { Books } from '../books/books.ts';
import { tallyOf } from '../books/tally.ts';
import type { Attributes } from '../otlp/decode.ts';
import { textOf } from '../otlp/decode.ts';
import { bar, short, usd } from './format.ts';
import type { Paint } from './paint.ts';

/** A budget as its gauges tell it. */
export interface BudgetState {
  /** The id, and whose share it is where the budget is split. */
  readonly name: string;
  readonly limit: number;
  readonly spent: number;
}

/** What a budget is called: its id, and the value that it is split by. */
export const budgetName = (attributes: Attributes): string => {
  const id = textOf(attributes['purser.budget']);
  const key = textOf(attributes['purser.budget.key']).replace(`${id}/`, '');
  return key === '' || key === id ? id : `${id}, ${key}`;
};

/** Reads the budgets from the gauges, the fullest first. */
export const budgetStates = (books: Books): readonly BudgetState[] =>
  books
    .values('purser.budget.limit')
    .map(({ attributes, value }) => {
      const own = { 'purser.budget': attributes['purser.budget'], 'purser.budget.key': attributes['purser.budget.key'] };
      return { name: budgetName(attributes), limit: value, spent: books.sum('purser.budget.committed', own) };
    })
    .sort((a, b) => b.spent / b.limit - a.spent / a.limit);

const BAR = 20;

/** Sets the sums that stand below the live table. */
export const footer = (books: Books, paint: Paint): readonly string[] => {
  const sum = tallyOf('', books.calls);
  const redacted = books.sum('purser.redactions');
  const facts = [
    `${paint.bold(String(sum.calls))} calls, ${Math.max(0, books.sum('purser.calls.in_flight'))} in flight`,
    `${paint.bold(usd(sum.costUsd))} spent`,
    `${short(sum.input)} in (${short(sum.cached)} cached)`,
    `${short(sum.output)} tokens out`,
    `${redacted} redacted`,
  ];
  const lines = [` ${facts.join(paint.dim(' · '))}`];
  for (const budget of budgetStates(books).slice(0, 2)) {
    const share = budget.spent / budget.limit;
    const ink = share >= 1 ? paint.bad : share >= 0.8 ? paint.warn : paint.good;
    lines.push(
      ` ${paint.dim('budget')} ${budget.name.padEnd(26)} ${ink(bar(share, BAR))} ${`${Math.round(share * 100)}%`.padStart(4)} of ${usd(budget.limit)}`,
    );
  }
  return lines;
};
