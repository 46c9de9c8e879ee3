import { errorMessage } from '../../call/errors.ts';
import type { LineState } from '../../call/budget-store.ts';
import type { PolicyMarks, Refusal } from '../../call/policy.ts';
import type { Wanted } from './compiled-limit.ts';

/** A limit that has no room for a call, and how it stands. */
export interface Block {
  readonly wanted: Wanted;
  /** `undefined` when the store could not be asked and its owner chose to block. */
  readonly state: LineState | undefined;
}

/** Why a call does not go on to wait. */
export type Why = 'no_wait' | 'deadline' | 'queue_full' | 'hopeless' | 'too_large';

/** Calls in flight end within seconds. */
const SOON_MS = 1000;
const SECOND_MS = 1000;
const MINUTE_MS = 60_000;

const WINDOW_NAMES = new Map([
  [1000, 'a second'],
  [60_000, 'a minute'],
  [3_600_000, 'an hour'],
  [86_400_000, 'a day'],
]);

const seconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`;

// Rounded up, so that a try at that time is not too early.
const soon = (ms: number): string => {
  if (ms <= 10_000) return `${Math.max(1, Math.ceil(ms / 100)) / 10} s`;
  return ms <= 120_000 ? `${Math.ceil(ms / SECOND_MS)} s` : `${Math.ceil(ms / MINUTE_MS)} min`;
};

const windowName = (windowMs: number): string => WINDOW_NAMES.get(windowMs) ?? seconds(windowMs);

const inUse = (state: LineState): number => state.committed + state.reserved;

const noteOf = (why: Why, { line, limit }: Wanted, waitedMs: number): string => {
  switch (why) {
    case 'too_large':
      return ` This call alone counts for ${line.amount} ${limit.config.unit} and can never pass.`;
    case 'queue_full':
      return ` ${limit.config.maxQueue} calls wait already.`;
    case 'hopeless':
      return ` There will be no room within the ${seconds(limit.config.maxWaitMs)} that a call may wait.`;
    case 'deadline':
      return ` It has waited ${seconds(waitedMs)} for room.`;
    case 'no_wait':
      return '';
  }
};

/** In how long a new try may pass, as far as that can be said. */
const retryInMs = (why: Why, { config }: Wanted['limit'], state: LineState | undefined): number | undefined => {
  if (why === 'too_large') return undefined;
  if (state?.roomInMs !== undefined) return state.roomInMs;
  return config.unit === 'concurrency' || state === undefined ? SOON_MS : undefined;
};

const detailsOf = ({ line, limit: { config } }: Wanted, state: LineState | undefined): Record<string, string | number> => ({
  key: line.key,
  unit: config.unit,
  limit: state?.limit ?? config.limit,
  ...(state === undefined ? {} : { seen: inUse(state) }),
  ...(config.windowMs === undefined ? {} : { window: windowName(config.windowMs), windowMs: config.windowMs }),
});

/** Words a limit's no: which limit, how much of it is in use, how much is allowed, and when a new try may pass. */
export const refusalOf = ({ wanted, state }: Block, why: Why, waitedMs: number, nowMs: number, marks: PolicyMarks | undefined): Refusal => {
  const { config } = wanted.limit;
  const code = state === undefined ? 'policy_unavailable' : config.unit === 'concurrency' ? 'concurrency_limited' : 'rate_limited';
  const waitMs = retryInMs(why, wanted.limit, state);
  const retryAt = waitMs === undefined ? undefined : nowMs + Math.ceil(waitMs);
  const when = waitMs === undefined ? '' : ` A new try may pass in ${soon(waitMs)}.`;
  const details = { rule: config.id, ...detailsOf(wanted, state) };
  return {
    code,
    policy: 'limits',
    rule: config.id,
    message: errorMessage(code, { ...details, why: 'its owner chose to block in that case' }) + noteOf(why, wanted, waitedMs) + when,
    ...(retryAt === undefined ? {} : { retryAtMs: retryAt }),
    details: {
      ...details,
      waitedMs: Math.round(waitedMs),
      ...(retryAt === undefined ? {} : { retryAt: new Date(retryAt).toISOString(), retryAfterSeconds: Math.ceil((waitMs ?? 0) / SECOND_MS) }),
    },
    ...(marks === undefined ? {} : { marks }),
  };
};
