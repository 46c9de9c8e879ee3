import { systemClock } from '../../../../src/base/clock.ts';
import { loadConfig } from '../../../../src/config/load.ts';
import { compileLimits } from '../../../../src/policies/limits/compiled-limit.ts';
import { parseLimits } from '../../../../src/policies/limits/parse-limits.ts';
import { openLimitStore } from '../../../../src/runtime/store.ts';
import type { Plan } from './plan.ts';
import { LIMITS, type Setup } from './setup.ts';

/** How a limit stands in its store. */
export interface LimitState {
  readonly committed: number;
  readonly reserved: number;
}

/** Gives how all limits of a run stand in the store that outlives its process. */
export const readLimits = async (plan: Pick<Plan, 'calls'>, { store, limits }: Setup, config: string): Promise<ReadonlyMap<string, LimitState>> => {
  const found = new Map<string, LimitState>();
  if (limits !== true || (store !== 'sqlite' && store !== 'redis')) return found;
  const opened = openLimitStore(loadConfig({ env: { PURSER_CONFIG: config }, cwd: process.cwd() }).config, systemClock, 86_400_000);
  const pairs = new Set(plan.calls.flatMap(({ tags }) => (tags?.['pair'] === undefined ? [] : [tags['pair']])));
  const questions = compileLimits(parseLimits(LIMITS).limits).flatMap(({ config: { id, per, limit }, slots }) => {
    const [by] = per ?? [];
    const values = by === undefined ? [''] : id === 'behind' || id === 'away' ? [...pairs].map((pair) => `/${pair}`) : plan.calls.map(({ n }) => `/${n}`);
    return values.map((value) => ({ key: `limit:${id}${value}`, slots, limit }));
  });
  const states = await opened.read(questions);
  await opened.close();
  for (const [index, { key }] of questions.entries()) found.set(key.slice('limit:'.length), states[index] ?? { committed: 0, reserved: 0 });
  return found;
};
