import type { Clock } from '../base/clock.ts';
import { notice } from '../base/diag.ts';
import { loadNow } from '../base/load.ts';
import type { EmitEvent, Meter } from '../call/event.ts';
import type { Policy } from '../call/policy.ts';
import type { Config } from '../config/config.ts';
import type { LimitConfig } from '../policies/limits/limit-config.ts';
import type { LimitPolicy } from '../policies/limits/limit-policy.ts';
import type * as LimitPolicyModule from '../policies/limits/limit-policy.ts';
import type * as ParseModule from '../policies/limits/parse-limits.ts';
import type { Drained } from './flush-order.ts';
import { openLimitStore, openOwnLimitStore } from './store.ts';

/** What the limits of a process are made with. */
export interface LimitParts {
  readonly meter: Meter;
  readonly emit: EmitEvent;
  readonly clock: Clock;
}

/** The limits in force; another set takes their place when the config changes. */
export interface Limits extends Drained {
  /** The policies of a call: limits before others, so that a call that waits holds nothing of them; the others alone while there are no limits. */
  before(others: readonly Policy[]): readonly Policy[];
  /** Puts the limits of `config` in force. Calls that run keep what they hold, calls that wait are asked anew. */
  reload(config: Config): void;
  stop(): Promise<void>;
}

const limitsOf = (config: Config): readonly LimitConfig[] => {
  if (config.limits === undefined) return [];
  const { parseLimits } = loadNow<typeof ParseModule>('policies/limits/parse-limits');
  const { limits, problems } = parseLimits(config.limits.value);
  for (const { path, seen, wanted } of problems) notice(`config.${path}`, `${path} is ${seen}, wanted ${wanted}`);
  return limits;
};

const make = (config: Config, { meter, emit, clock }: LimitParts): LimitPolicy | undefined => {
  const limits = limitsOf(config);
  if (limits.length === 0) return undefined;
  const longestMs = Math.max(...limits.map(({ windowMs }) => windowMs ?? 0));
  const { createLimitPolicy } = loadNow<typeof LimitPolicyModule>('policies/limits/limit-policy');
  const store = openLimitStore(config, clock, longestMs);
  return createLimitPolicy({ limits, store, local: () => openOwnLimitStore(clock, longestMs), meter, emit, clock });
};

/** Makes the limits that are configured; nothing of them is loaded, and no call asks them, while there are none. */
export const createLimits = (config: Config, parts: LimitParts): Limits => {
  let policy = make(config, parts);
  let all: readonly Policy[] | undefined;
  return {
    before: (others) => (policy === undefined ? others : (all ??= [policy, ...others])),
    drain: (timeoutMs) => (policy?.unsettled === true ? policy.drain(timeoutMs) : undefined),
    drainAtExit: (timeoutMs) => policy?.drainAtExit(timeoutMs),
    reload(next) {
      if (policy === undefined) policy = make(next, parts);
      else policy.setLimits(limitsOf(next));
    },
    stop: async () => policy?.stop(),
  };
};
