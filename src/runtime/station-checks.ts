import { loadNow } from '../base/load.ts';
import { PurserError } from '../call/errors.ts';
import type * as ChannelsModule from '../alerts/parse-channels.ts';
import { nearestKey } from '../config/nearest.ts';
import type { LoadInput, StructuredCheck, StructuredFault } from '../config/load.ts';
import type * as BudgetsModule from '../policies/budget/parse-budgets.ts';
import type * as LimitsModule from '../policies/limits/parse-limits.ts';
import type * as OverridesModule from '../pricing/overrides/read-overrides.ts';
import type * as DetectorsModule from '../redaction/detectors/detector-table.ts';
import type * as PatternsModule from '../redaction/engine/user-patterns.ts';

type Path = readonly (string | number)[];

const fault = (path: Path, seen: string, wanted: string): StructuredFault => ({ path, seen, wanted });

/** `a[0].b` as a path, without as many of its first parts as the key of the option has. */
const pathOf = (written: string, head: number): Path =>
  [...written.matchAll(/\[(\d+)\]|[^.[\]]+/g)].map(([part, index]) => (index === undefined ? part : Number(index))).slice(head);

const dotted = (written: string): Path => written.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part));

const patternFault = (pattern: unknown, at: number): readonly StructuredFault[] => {
  const { name, pattern: text, flags } = (typeof pattern === 'object' && pattern !== null ? pattern : {}) as Readonly<Record<string, unknown>>;
  if (typeof name !== 'string' || typeof text !== 'string') return [fault([at], 'incomplete', 'a name and a pattern, and flags if need be')];
  try {
    loadNow<typeof PatternsModule>('redaction/engine/user-patterns').compilePattern({ name, pattern: text, ...(typeof flags === 'string' ? { flags } : {}) });
    return [];
  } catch (error) {
    if (!(error instanceof PurserError)) throw error;
    const { key = 'pattern', seen = 'unusable', wanted = 'a regular expression' } = error.details;
    return [fault([at, String(key)], JSON.stringify(seen), String(wanted))];
  }
};

const patterns: StructuredCheck = ({ value }) => (Array.isArray(value) ? value.flatMap(patternFault) : [fault([], 'a mapping', 'a list')]);

const budgets: StructuredCheck = ({ value }) =>
  loadNow<typeof BudgetsModule>('policies/budget/parse-budgets')
    .parseBudgets(value)
    .problems.map(({ path, seen, wanted }) => fault(pathOf(path, 1), seen, wanted));

const limits: StructuredCheck = ({ value }) =>
  loadNow<typeof LimitsModule>('policies/limits/parse-limits')
    .parseLimits(value)
    .problems.map(({ path, seen, wanted }) => fault(pathOf(path, 1), seen, wanted));

const overrides: StructuredCheck = ({ value }) =>
  loadNow<typeof OverridesModule>('pricing/overrides/read-overrides')
    .readOverrides({ value })
    .problems.map(({ key, seen, wanted }) => fault(dotted(key), seen, wanted));

const channels: StructuredCheck = ({ value, written }) =>
  loadNow<typeof ChannelsModule>('alerts/parse-channels')
    .parseChannels(value, { nowMs: () => 0, service: undefined }, written)
    .problems.map(({ path, seen, wanted }) => fault(pathOf(path, 2), seen, wanted));

const detectors: StructuredCheck = ({ value }) => {
  const names = loadNow<typeof DetectorsModule>('redaction/detectors/detector-table').DETECTORS.map(({ name }) => name);
  return (value as readonly string[]).flatMap((seen, at) => {
    const nearest = nearestKey(seen, names);
    return names.includes(seen)
      ? []
      : [{ ...fault([at], JSON.stringify(seen), 'the name of a detector, as in docs/REDACTION.md'), ...(nearest === undefined ? {} : { nearest }) }];
  });
};

/** The checks of the stations that own structured options. Nothing of a station is loaded while its option is not set. */
export const STATION_CHECKS: NonNullable<LoadInput['checks']> = {
  budgets,
  limits,
  'pricing.overrides': overrides,
  'redaction.patterns': patterns,
  'redaction.detectors_on': detectors,
  'redaction.detectors_off': detectors,
  'alerts.channels': channels,
};
