import type { LoadInput, StructuredFault } from '../config/load.ts';

const pathOf = (written: string): readonly (string | number)[] =>
  [...written.matchAll(/\[(\d+)\]|[^.[\]]+/g)].map(([part, index]) => (index === undefined ? part : Number(index)));

const fault = (path: readonly (string | number)[], seen: string, wanted: string): StructuredFault => ({ path, seen, wanted });

/** The checks of the stations that own structured options, so that a command finds what the start would find. */
export const stationChecks = async (): Promise<NonNullable<LoadInput['checks']>> => {
  const [{ parseBudgets }, { readOverrides }] = await Promise.all([
    import('../policies/budget/parse-budgets.ts'),
    import('../pricing/overrides/read-overrides.ts'),
  ]);
  return {
    budgets: ({ value }) => parseBudgets(value).problems.map(({ path, seen, wanted }) => fault(pathOf(path).slice(1), seen, wanted)),
    'pricing.overrides': ({ value }) =>
      readOverrides({ value }).problems.map(({ key, seen, wanted }) =>
        fault(
          key.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part)),
          seen,
          wanted,
        ),
      ),
  };
};
