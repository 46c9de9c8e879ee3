import type { LedgerContext, LedgerRecord } from './ledger-record.ts';

/** A column that records can be grouped by: a value of what they have in common, or of each by itself; `-` where there is none. */
export type ReportColumn =
  | { readonly kind: 'context'; readonly of: (context: LedgerContext) => string }
  | { readonly kind: 'record'; readonly of: (record: LedgerRecord) => string };

const NONE = '-';
const shared = (of: (context: LedgerContext) => string | undefined): ReportColumn => ({ kind: 'context', of: (context) => of(context) ?? NONE });
const own = (of: (record: LedgerRecord) => string | undefined): ReportColumn => ({ kind: 'record', of: (record) => of(record) ?? NONE });
const label = (name: string): ReportColumn => shared(({ labels }) => labels?.[name]);

const HOUR_MS = 3_600_000;

// Making a text of a moment is slow, and a million records lie in few hours.
const time = (length: number): ReportColumn => {
  const known = new Map<number, string>();
  return own(({ t }) => {
    const hour = Math.floor(t / HOUR_MS);
    const text = known.get(hour) ?? new Date(hour * HOUR_MS).toISOString().slice(0, length);
    known.set(hour, text);
    return text;
  });
};

const COLUMNS: Readonly<Record<string, ReportColumn>> = {
  day: time('2026-11-20'.length),
  hour: time('2026-11-20T10'.length),
  month: time('2026-11'.length),
  provider: shared(({ provider }) => provider),
  model: shared(({ model }) => model),
  served: shared(({ served, model }) => served ?? model),
  key: shared(({ key }) => key),
  operation: shared(({ op }) => op),
  outcome: own(({ outcome }) => outcome),
  error: own(({ error }) => error),
  rule: own(({ rule }) => rule),
  user: own(({ user }) => user),
  service: label('service'),
  environment: label('environment'),
  team: label('team'),
  feature: label('feature'),
  tenant: label('tenant'),
  prompt: label('promptName'),
};

/** What records can be grouped and filtered by, besides `tag:NAME`. */
export const COLUMN_NAMES: readonly string[] = Object.keys(COLUMNS);

/** Gives a column by its name, or `undefined` when there is no such column. */
export const columnOf = (name: string): ReportColumn | undefined => {
  if (Object.hasOwn(COLUMNS, name)) return COLUMNS[name];
  const tag = name.startsWith('tag:') ? name.slice('tag:'.length) : '';
  return tag === '' ? undefined : shared(({ tags }) => (tags !== undefined && Object.hasOwn(tags, tag) ? tags[tag] : undefined));
};
