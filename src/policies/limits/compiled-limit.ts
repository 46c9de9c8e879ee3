import { type BudgetLine, NO_END, type SlotChoice } from '../../call/budget-store.ts';
import type { Call } from '../../call/call.ts';
import { keyOf, type KeyOf } from '../budget/match.ts';
import type { LimitConfig } from './limit-config.ts';

/** A limit, ready to be asked about calls. */
export interface CompiledLimit {
  readonly config: LimitConfig;
  readonly keyOf: KeyOf;
  /** By whom calls that wait take turns. */
  readonly flowOf: (call: Call) => string;
  readonly slots: SlotChoice;
}

const EVER: SlotChoice = { kind: 'fixed', candidates: [{ startMs: 0, endMs: NO_END }] };

/** Keys of limits and of budgets lie beside one another in a shared store; ids have no colon. */
const PREFIX = 'limit:';

const partsOf = (windowMs: number): number => (windowMs >= 60_000 ? 60 : windowMs >= 5000 ? 20 : 10);

/** How much longer than another one a request may take from its admission to the provider; the least is a part of the window. */
const MARGIN_MS = 1000;
const MARGIN_SHARE = 4;

/**
 * More parts than the window has: of two requests at the two ends of a window the first may be late at the provider, because its
 * connection had to be made or its process was busy, and must still be in an older window there.
 */
const slotsOf = (windowMs: number | undefined): SlotChoice => {
  if (windowMs === undefined) return EVER;
  const parts = partsOf(windowMs);
  const widthMs = Math.ceil(windowMs / parts);
  const marginMs = Math.min(MARGIN_MS, windowMs / MARGIN_SHARE);
  return { kind: 'rolling', widthMs, count: parts + Math.ceil(marginMs / widthMs) };
};

/** Prepares limits, those that are off left out. */
export const compileLimits = (limits: readonly LimitConfig[]): readonly CompiledLimit[] =>
  limits
    .filter((config) => config.mode !== 'off')
    .map((config) => {
      const flow = keyOf({ id: '', match: {}, per: [config.fair], window: { kind: 'total' } }, '');
      return {
        config,
        keyOf: keyOf({ id: PREFIX + config.id, match: config.match, per: config.per, window: { kind: 'total' } }, ''),
        flowOf: (call) => flow(call) ?? '',
        slots: slotsOf(config.windowMs),
      };
    });

/** One limit that counts a call, with what the call wants of it. */
export interface Wanted {
  readonly limit: CompiledLimit;
  readonly line: BudgetLine;
}

/** Says what a call wants of a limit, `amount` being tokens where it counts them. */
export const wantedOf = (limit: CompiledLimit, key: string, tokens: number): Wanted => {
  const { config, slots } = limit;
  const amount = config.unit === 'tokens' ? tokens : 1;
  const role = config.unit === 'concurrency' ? 'slots' : 'rate';
  return { limit, line: { key, slots, limit: config.limit, amount, enforce: config.mode === 'enforce', thresholds: [], role } };
};
