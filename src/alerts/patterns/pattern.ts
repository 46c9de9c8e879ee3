import type { GovernanceEvent } from '../../call/event.ts';
import type { HourSums, ServiceSums } from '../../call/usage-history.ts';

/** From where on a pattern is unusual; each is an option of its own. */
export interface PatternSettings {
  /** Times the spend of a usual day. */
  readonly spikeFactor: number;
  /** Dollars a day below which nothing is a spike. */
  readonly spikeLeastUsd: number;
  /** Times the calls of a usual hour. */
  readonly callRateFactor: number;
  /** Times the usual share of failed calls, and the least share. */
  readonly errorRateFactor: number;
  readonly errorRateLeast: number;
  /** Times the usual tokens of a call. */
  readonly tokensFactor: number;
  /** Times the usual retries of a call, and the least retries of a call. */
  readonly retryFactor: number;
  readonly retryLeast: number;
  /** Calls in an hour of the day that is usually quiet. */
  readonly nightCalls: number;
  /** Calls in a day to a model, and with a key, that was never used before. */
  readonly newModelCalls: number;
  readonly newKeyCalls: number;
  /** Calls without which rates say nothing. */
  readonly leastCalls: number;
}

/** An hour of today. */
export interface SceneHour {
  /** From 0 to 23, in UTC. */
  readonly hour: number;
  readonly sums: HourSums;
}

/** How one service is used today, and how it was used before. */
export interface Scene {
  /** How the service is called in a sentence, at its beginning. */
  readonly who: string;
  /** `2026-11-20`. */
  readonly day: string;
  readonly today: ServiceSums;
  /** The hour that is not over, after the one before it. */
  readonly hours: readonly SceneHour[];
  /** Earlier days on which the service was used, at least three. */
  readonly days: readonly ServiceSums[];
}

/** Something unusual: an event but for what all of them have in common. */
export interface Finding extends Pick<GovernanceEvent, 'name' | 'severity' | 'message'> {
  /** What it is about besides the service, such as a model; once a day is told of each. */
  readonly about?: string;
  readonly facts: Readonly<Record<string, string | number>>;
}

/** Looks at a service for one thing that is unusual. */
export type Pattern = (scene: Scene, settings: PatternSettings) => readonly Finding[];

/** What a record holds under a name that somebody else gave, such as `constructor`. */
export const ownOf = <T>(record: Readonly<Record<string, T>>, name: string): T | undefined => (Object.hasOwn(record, name) ? record[name] : undefined);

/** The value in the middle; 0 of none. */
export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
};

/** Adds up one figure of things. */
export const total = <T>(things: readonly T[], of: (thing: T) => number): number => things.reduce((sum, thing) => sum + of(thing), 0);

/** A number for people: three digits that count, or all before the point. */
export const shownNumber = (value: number): string => (Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3))));

/** The hour of a day, such as `03:00 to 04:00 UTC`. */
export const shownHour = (hour: number): string => `${String(hour).padStart(2, '0')}:00 to ${String(hour + 1).padStart(2, '0')}:00 UTC`;

/** The beginning of an hour of a day, in seconds since the epoch. */
export const hourStart = (day: string, hour: number): number => Date.parse(`${day}T00:00:00Z`) / 1000 + hour * 3600;
