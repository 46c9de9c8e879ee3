import { createHash } from 'node:crypto';
import type { Call } from '../../call/call.ts';
import type { BudgetConfig, BudgetField } from './budget-config.ts';

const LONGEST_VALUE = 100;

const valueOf = (call: Call, field: BudgetField): string | undefined => {
  switch (field) {
    case 'provider':
      return call.provider;
    case 'model':
      return call.request.model;
    case 'service':
    case 'environment':
    case 'user':
    case 'team':
    case 'tenant':
    case 'feature':
      return call.labels[field];
    default:
      return call.labels.tags?.[field.slice('tag:'.length)];
  }
};

const accepts = (pattern: string): ((value: string) => boolean) => {
  if (!pattern.endsWith('*')) return (value) => value === pattern;
  const start = pattern.slice(0, -1);
  return (value) => value.startsWith(start);
};

type Test = (call: Call) => boolean;

const testOf = (field: BudgetField, patterns: readonly string[]): Test => {
  const tests = patterns.map(accepts);
  return (call) => {
    const value = valueOf(call, field);
    return value !== undefined && tests.some((test) => test(value));
  };
};

const testsOf = ({ tag = {}, ...plain }: BudgetConfig['match']): readonly Test[] => {
  const tests: Test[] = [];
  for (const field of ['provider', 'model', 'service', 'environment', 'user', 'team', 'tenant', 'feature'] as const) {
    const patterns = plain[field];
    if (patterns !== undefined) tests.push(testOf(field, patterns));
  }
  for (const [name, patterns] of Object.entries(tag)) tests.push(testOf(`tag:${name}`, patterns));
  return tests;
};

/** Writes a value as a part of a key. Keys go into journals and scripts: no blanks, no slashes, no great length. A call without the value shares one budget with its like. */
export const keyPart = (value: string | undefined): string => {
  if (value === undefined || value === '') return '-';
  const safe = encodeURIComponent(value.toWellFormed());
  return safe.length <= LONGEST_VALUE ? safe : `sha256-${createHash('sha256').update(value).digest('hex').slice(0, 32)}`;
};

/** Gives the key under which a budget counts a call, or `undefined` when it does not count it. */
export type KeyOf = (call: Call) => string | undefined;

/** Gives what all keys of a budget begin with. Tokens and requests are kept apart from dollars, so that a budget that changes its unit starts over. */
export const firstKeyOf = ({ id, unit = 'usd' }: Pick<BudgetConfig, 'id'> & Partial<Pick<BudgetConfig, 'unit'>>): string =>
  unit === 'usd' ? id : `${id}/@${unit}`;

/** Gives a key as people see it: the unit of a budget is shown beside it, if at all. */
export const shownKey = ({ unit }: Pick<BudgetConfig, 'unit'>, key: string): string => (unit === 'usd' ? key : key.replace(`/@${unit}`, ''));

/** Prepares the match of a budget. `run` names the run of the process, for budgets that start over with it. */
export const keyOf = (budget: Pick<BudgetConfig, 'id' | 'match' | 'per' | 'window'> & Partial<Pick<BudgetConfig, 'unit'>>, run: string): KeyOf => {
  const tests = testsOf(budget.match);
  const { per } = budget;
  const first = firstKeyOf(budget);
  const base = budget.window.kind === 'run' ? `${first}/run-${run}` : first;
  return (call) => {
    for (const test of tests) if (!test(call)) return undefined;
    if (per.length === 0) return base;
    let key = base;
    for (const field of per) key += `/${keyPart(valueOf(call, field))}`;
    return key;
  };
};
