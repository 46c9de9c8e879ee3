import { PurserError } from '../call/errors.ts';
import type { LoadInput, StructuredCheck, StructuredFault } from '../config/load.ts';
import type { compilePattern } from '../redaction/engine/user-patterns.ts';

type Path = readonly (string | number)[];

const fault = (path: Path, seen: string, wanted: string): StructuredFault => ({ path, seen, wanted });

const pathOf = (written: string): Path => [...written.matchAll(/\[(\d+)\]|[^.[\]]+/g)].map(([part, index]) => (index === undefined ? part : Number(index)));

const dotted = (written: string): Path => written.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part));

const patternFault = (compile: typeof compilePattern, pattern: unknown, at: number): readonly StructuredFault[] => {
  const { name, pattern: text, flags } = (typeof pattern === 'object' && pattern !== null ? pattern : {}) as Readonly<Record<string, unknown>>;
  if (typeof name !== 'string' || typeof text !== 'string') return [fault([at], 'incomplete', 'a name and a pattern, and flags if need be')];
  try {
    compile({ name, pattern: text, ...(typeof flags === 'string' ? { flags } : {}) });
    return [];
  } catch (error) {
    if (!(error instanceof PurserError)) throw error;
    const { key = 'pattern', seen = 'unusable', wanted = 'a regular expression' } = error.details;
    return [fault([at, String(key)], JSON.stringify(seen), String(wanted))];
  }
};

const patternsCheck =
  (compile: typeof compilePattern): StructuredCheck =>
  ({ value }) =>
    Array.isArray(value) ? value.flatMap((pattern, at) => patternFault(compile, pattern, at)) : [fault([], 'a mapping', 'a list')];

/** The checks of the stations that own structured options, so that a command finds what the start would find. */
export const stationChecks = async (): Promise<NonNullable<LoadInput['checks']>> => {
  const { parseBudgets } = await import('../policies/budget/parse-budgets.ts');
  const { readOverrides } = await import('../pricing/overrides/read-overrides.ts');
  const { compilePattern } = await import('../redaction/engine/user-patterns.ts');
  return {
    budgets: ({ value }) => parseBudgets(value).problems.map(({ path, seen, wanted }) => fault(pathOf(path).slice(1), seen, wanted)),
    'pricing.overrides': ({ value }) => readOverrides({ value }).problems.map(({ key, seen, wanted }) => fault(dotted(key), seen, wanted)),
    'redaction.patterns': patternsCheck(compilePattern),
  };
};
