import type { BudgetWindow } from './budget-config.ts';
import { type BudgetProblem, isRecord, parseDuration, type RawRecord, readNumber, readRecord, readWord } from './problem.ts';

const EVERY = ['hour', 'day', 'week', 'month'] as const;
const WORDS: Readonly<Record<string, (typeof EVERY)[number]>> = { hourly: 'hour', daily: 'day', weekly: 'week', monthly: 'month' };
const MINUTE_MS = 60_000;
const LONGEST_MS = 366 * 86_400_000;

const isTimeZone = (name: string): boolean => {
  try {
    return Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
};

const readCalendar = (record: RawRecord): BudgetWindow | undefined => {
  const raw = record.get('every');
  const every = WORDS[String(raw)] ?? readWord(record, 'every', EVERY, undefined);
  const tz = record.get('tz') ?? 'UTC';
  if (typeof tz !== 'string' || !isTimeZone(tz)) return record.bad('tz', 'an IANA time zone such as Europe/Berlin');
  const anchorDay = Math.floor(readNumber(record, 'anchorDay', 1, 31, 1));
  return every && { kind: 'calendar', every, tz, anchorDay };
};

const readRolling = (record: RawRecord): BudgetWindow | undefined => {
  const everyMs = parseDuration(record.get('every'));
  if (everyMs === undefined || everyMs < MINUTE_MS || everyMs > LONGEST_MS) return record.bad('every', 'a length such as 15m, 24h or 30d, at least 1m');
  const buckets = Math.floor(readNumber(record, 'buckets', 2, 60, 20));
  return { kind: 'rolling', everyMs: Math.ceil(everyMs / buckets) * buckets, buckets };
};

/** Reads a budget's window: a word (`day`, `monthly`, `total`, `run`) or a record with `kind`. Notes what is wrong with it. */
export const parseWindow = (budget: RawRecord, problems: BudgetProblem[]): BudgetWindow | undefined => {
  const raw = budget.get('window');
  const wanted = 'hour | day | week | month | total | run, or a record with kind: calendar | rolling | total | run';
  if (raw === undefined) return { kind: 'calendar', every: 'month', tz: 'UTC', anchorDay: 1 };
  if (raw === 'total' || raw === 'run') return { kind: raw };
  if (typeof raw === 'string') {
    const every = WORDS[raw] ?? EVERY.find((word) => word === raw);
    return every === undefined ? budget.bad('window', wanted) : { kind: 'calendar', every, tz: 'UTC', anchorDay: 1 };
  }
  if (!isRecord(raw)) return budget.bad('window', wanted);
  const record = readRecord(raw, `${budget.path}.window`, problems);
  const kind = readWord(record, 'kind', ['calendar', 'rolling', 'total', 'run'] as const, 'calendar');
  const window = kind === 'calendar' ? readCalendar(record) : kind === 'rolling' ? readRolling(record) : kind && { kind };
  if (window !== undefined) record.unknownKeys();
  return window;
};
