import { parseAmount } from './amount.ts';
import type { BudgetConfig } from './budget-config.ts';
import { parseAction, parseMatch, parsePer, parseReserve } from './parse-choices.ts';
import { parseWindow } from './parse-window.ts';
import { type BudgetProblem, isRecord, type RawRecord, readNumber, readRecord, readWord, show } from './problem.ts';

/** What reading the raw config gave: the budgets that can be used, and what is wrong with the others. */
export interface ParsedBudgets {
  readonly budgets: readonly BudgetConfig[];
  readonly problems: readonly BudgetProblem[];
}

const DEFAULT_THRESHOLDS: readonly number[] = [0.5, 0.8, 1];

const parseId = (record: RawRecord, taken: ReadonlySet<string>): string | undefined => {
  const id = record.get('id') ?? record.get('name');
  if (typeof id !== 'string' || !/^[\w.-]{1,100}$/.test(id)) return record.bad('id', 'up to 100 letters, digits, ".", "_" and "-"');
  return taken.has(id) ? record.bad('id', 'an id that no other budget has') : id;
};

const parseLimit = (record: RawRecord, unit: BudgetConfig['unit'] | undefined): string | number | undefined => {
  const raw = record.get('limit');
  const amount = unit === undefined ? undefined : parseAmount(unit, raw);
  if (amount !== undefined && (typeof raw === 'string' || typeof raw === 'number')) return raw;
  return record.bad('limit', unit === 'usd' ? 'dollars from 0 to below 9 million, to nine places' : 'a whole number such as 500k, or 0');
};

const parseThresholds = (record: RawRecord): readonly number[] | undefined => {
  const raw = record.get('thresholds') ?? DEFAULT_THRESHOLDS;
  const list: readonly unknown[] = Array.isArray(raw) ? raw : [raw];
  const shares = list.map((item) => (typeof item === 'string' && item.endsWith('%') ? Number(item.slice(0, -1)) / 100 : Number(item)));
  if (shares.length > 16 || shares.some((share) => !(share > 0 && share <= 10))) return record.bad('thresholds', 'up to 16 shares of the limit, such as 0.8');
  return [...new Set(shares)].sort((a, b) => a - b);
};

type Choices = Pick<BudgetConfig, 'onUnknownPrice' | 'ceilingUsdPerMillion' | 'onStoreUnavailable' | 'localShare' | 'assumeMaxTokens' | 'attempts' | 'leaseMs'>;

const parseRest = (record: RawRecord, mode: BudgetConfig['mode'] | undefined): Choices => ({
  onUnknownPrice: readWord(record, 'onUnknownPrice', ['block', 'ceiling', 'allow'] as const, 'ceiling') ?? 'ceiling',
  ceilingUsdPerMillion: readNumber(record, 'ceilingUsdPerMillion', 0.000001, 100_000, 75),
  onStoreUnavailable: readWord(record, 'onStoreUnavailable', ['block', 'allow', 'local'] as const, mode === 'enforce' ? 'block' : 'allow') ?? 'allow',
  localShare: readNumber(record, 'localShare', 0.0001, 0.5, 0.02),
  assumeMaxTokens: readNumber(record, 'assumeMaxTokens', 1, 10_000_000, undefined),
  attempts: Math.floor(readNumber(record, 'attempts', 1, 10, 1)),
  leaseMs: readNumber(record, 'leaseMs', 1000, 86_400_000, 120_000),
});

// A value that is not there has left a problem behind.
const isWhole = (parts: { readonly [K in keyof BudgetConfig]: BudgetConfig[K] | undefined }): parts is BudgetConfig =>
  Object.entries(parts).every(([name, value]) => value !== undefined || name === 'assumeMaxTokens');

const parseOne = (record: RawRecord, taken: ReadonlySet<string>, problems: BudgetProblem[]): BudgetConfig | undefined => {
  const before = problems.length;
  const unit = readWord(record, 'unit', ['usd', 'tokens', 'requests'] as const, 'usd');
  const mode = readWord(record, 'mode', ['off', 'shadow', 'alert', 'enforce'] as const, 'alert');
  const parts = {
    id: parseId(record, taken),
    match: parseMatch(record, problems),
    per: parsePer(record),
    unit,
    limit: parseLimit(record, unit),
    window: parseWindow(record, problems),
    thresholds: parseThresholds(record),
    mode,
    action: parseAction(record, problems),
    reserve: parseReserve(record, problems),
    ...parseRest(record, mode),
  };
  record.get('description');
  record.unknownKeys();
  return problems.length === before && isWhole(parts) ? parts : undefined;
};

/**
 * Reads a list of budgets from plain config, with keys in camelCase or snake_case. Never throws.
 * A budget with a problem is left out and the others are kept.
 */
export const parseBudgets = (raw: unknown): ParsedBudgets => {
  const problems: BudgetProblem[] = [];
  if (raw === undefined || raw === null) return { budgets: [], problems };
  if (!Array.isArray(raw)) return { budgets: [], problems: [{ path: 'budgets', seen: show(raw), wanted: 'a list of budgets' }] };
  const budgets: BudgetConfig[] = [];
  const taken = new Set<string>();
  for (const [index, item] of raw.entries()) {
    const path = `budgets[${index}]`;
    if (!isRecord(item)) {
      problems.push({ path, seen: show(item), wanted: 'a record with id, limit, window and more' });
      continue;
    }
    const budget = parseOne(readRecord(item, path, problems), taken, problems);
    if (budget === undefined) continue;
    taken.add(budget.id);
    budgets.push(budget);
  }
  return { budgets, problems };
};
