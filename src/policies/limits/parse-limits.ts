import { parseMatch, parsePer } from '../budget/parse-choices.ts';
import { type BudgetProblem, isRecord, parseDuration, type RawRecord, readNumber, readRecord, readWord, show } from '../budget/problem.ts';
import { parseAmount } from '../budget/amount.ts';
import type { BudgetField } from '../budget/budget-config.ts';
import type { LimitConfig, LimitUnit } from './limit-config.ts';

/** What reading the raw config gave: the limits that can be used, and what is wrong with the others. */
export interface ParsedLimits {
  readonly limits: readonly LimitConfig[];
  readonly problems: readonly BudgetProblem[];
}

const UNITS = ['requests', 'tokens', 'concurrency'] as const;
const WINDOWS_MS: Readonly<Record<string, number>> = { second: 1000, minute: 60_000, hour: 3_600_000, day: 86_400_000 };
const LONGEST_WAIT_MS = 600_000;
const DEFAULT_WAIT_MS = 10_000;

const parseId = (record: RawRecord, taken: ReadonlySet<string>): string | undefined => {
  const id = record.get('id') ?? record.get('name');
  if (typeof id !== 'string' || !/^[\w.-]{1,100}$/.test(id)) return record.bad('id', 'up to 100 letters, digits, ".", "_" and "-"');
  return taken.has(id) ? record.bad('id', 'an id that no other limit has') : id;
};

const parseLimit = (record: RawRecord): number | undefined => {
  const limit = parseAmount('requests', record.get('limit'));
  return limit !== undefined && limit > 0 ? limit : record.bad('limit', 'a whole number above 0, such as 500 or 200k');
};

const parseWindow = (record: RawRecord, unit: LimitUnit | undefined): number | undefined => {
  const raw = record.get('window');
  if (unit === 'concurrency') return raw === undefined ? undefined : record.bad('window', 'nothing, since calls in flight have no window');
  if (raw === undefined) return WINDOWS_MS['minute'];
  const windowMs = typeof raw === 'string' && Object.hasOwn(WINDOWS_MS, raw) ? WINDOWS_MS[raw] : parseDuration(raw);
  if (windowMs === undefined || windowMs < 1000 || windowMs > 86_400_000)
    return record.bad('window', 'second | minute | hour | day, or a length such as 10s, from 1s to 1d');
  return windowMs;
};

// Nothing and 0 are lengths here, unlike those of windows.
const parseWait = (record: RawRecord, unit: LimitUnit | undefined): number | undefined => {
  const raw = record.get('maxWait') ?? record.get('maxWaitMs');
  if (raw === undefined) return unit === 'concurrency' ? DEFAULT_WAIT_MS : 0;
  if (raw === 0 || raw === '0') return 0;
  const waitMs = parseDuration(raw);
  return waitMs !== undefined && waitMs <= LONGEST_WAIT_MS ? waitMs : record.bad('maxWait', 'a length such as 500ms or 10s, at most 10m; 0 refuses at once');
};

const parseFair = (record: RawRecord): BudgetField | undefined => {
  const raw = record.get('fair');
  if (raw === undefined) return 'user';
  const field = typeof raw === 'string' ? parsePer(readRecord({ per: raw }, record.path, []))?.[0] : undefined;
  return field ?? record.bad('fair', 'one of provider, model, service, environment, user, team, tenant, feature, tag:<name>');
};

const parseLease = (record: RawRecord): number => {
  const raw = record.get('lease');
  if (raw === undefined) return readNumber(record, 'leaseMs', 1000, 3_600_000, 15_000);
  const leaseMs = parseDuration(raw);
  if (leaseMs !== undefined && leaseMs >= 1000 && leaseMs <= 3_600_000) return leaseMs;
  record.bad('lease', 'a length from 1s to 1h');
  return 15_000;
};

// A value that is not there has left a problem behind.
const isWhole = (parts: { readonly [K in keyof LimitConfig]: LimitConfig[K] | undefined }): parts is LimitConfig =>
  Object.entries(parts).every(([name, value]) => value !== undefined || name === 'windowMs');

const parseOne = (record: RawRecord, taken: ReadonlySet<string>, problems: BudgetProblem[]): LimitConfig | undefined => {
  const before = problems.length;
  const unit = readWord(record, 'unit', UNITS, 'requests');
  const parts = {
    id: parseId(record, taken),
    match: parseMatch(record, problems),
    per: parsePer(record),
    unit,
    limit: parseLimit(record),
    windowMs: parseWindow(record, unit),
    mode: readWord(record, 'mode', ['off', 'shadow', 'enforce'] as const, 'enforce'),
    maxWaitMs: parseWait(record, unit),
    maxQueue: Math.floor(readNumber(record, 'maxQueue', 0, 100_000, 1000)),
    fair: parseFair(record),
    reserve: readWord(record, 'reserve', ['expected', 'worst_case'] as const, 'expected'),
    onStoreUnavailable: readWord(record, 'onStoreUnavailable', ['local', 'allow', 'block'] as const, 'local'),
    leaseMs: parseLease(record),
  };
  record.get('description');
  record.unknownKeys();
  return problems.length === before && isWhole(parts) ? parts : undefined;
};

/**
 * Reads a list of limits from plain config, with keys in camelCase or snake_case. Never throws.
 * A limit with a problem is left out and the others are kept.
 */
export const parseLimits = (raw: unknown): ParsedLimits => {
  const problems: BudgetProblem[] = [];
  if (raw === undefined || raw === null) return { limits: [], problems };
  if (!Array.isArray(raw)) return { limits: [], problems: [{ path: 'limits', seen: show(raw), wanted: 'a list of limits' }] };
  const limits: LimitConfig[] = [];
  const taken = new Set<string>();
  for (const [index, item] of raw.entries()) {
    const path = `limits[${index}]`;
    if (!isRecord(item)) {
      problems.push({ path, seen: show(item), wanted: 'a record with id, unit, limit and more' });
      continue;
    }
    const limit = parseOne(readRecord(item, path, problems), taken, problems);
    if (limit === undefined) continue;
    taken.add(limit.id);
    limits.push(limit);
  }
  return { limits, problems };
};
