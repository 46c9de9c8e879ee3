import type { GovernanceEvent } from '../call/event.ts';
import type { ServiceSums, UsageHistory } from '../call/usage-history.ts';
import { callRate } from './patterns/call-rate.ts';
import { errorRate } from './patterns/error-rate.ts';
import { newKey } from './patterns/new-key.ts';
import { newModel } from './patterns/new-model.ts';
import { nightTime } from './patterns/night-time.ts';
import { type Finding, ownOf, type Pattern, type PatternSettings, type Scene, type SceneHour, total } from './patterns/pattern.ts';
import { retryStorm } from './patterns/retry-storm.ts';
import { spend } from './patterns/spend.ts';
import { tokensPerCall } from './patterns/tokens-per-call.ts';

/** The patterns, one row and one file each, by the names with which `alerts.patterns_off` knows them. */
const PATTERNS: Readonly<Record<string, Pattern>> = {
  spend,
  call_rate: callRate,
  error_rate: errorRate,
  tokens_per_call: tokensPerCall,
  new_model: newModel,
  new_key: newKey,
  night_time: nightTime,
  retry_storm: retryStorm,
};

/** Fewer days say nothing about what is usual. */
const LEAST_DAYS = 3;
const HOUR_MS = 3_600_000;

const callsOf = ({ hours }: ServiceSums): number => total(hours, ({ calls }) => calls);

const sceneOf = (service: string, { today, days }: UsageHistory, nowMs: number): Scene | undefined => {
  const now = ownOf(today.services, service);
  const before = days.flatMap(({ services }) => ownOf(services, service) ?? []).filter((sums) => callsOf(sums) > 0);
  if (now === undefined || before.length < LEAST_DAYS) return undefined;
  const hour = Math.min(23, Math.floor((nowMs - Date.parse(`${today.day}T00:00:00Z`)) / HOUR_MS));
  // What came in the last minute of an hour is seen in the next one.
  const hours = [hour - 1, hour].flatMap((at): readonly SceneHour[] => {
    const sums = now.hours[at];
    return sums === undefined ? [] : [{ hour: at, sums }];
  });
  const who = service === '-' ? 'What runs without the label of a service' : `The service "${service}"`;
  return { who, day: today.day, today: now, hours, days: before };
};

const rounded = (facts: Finding['facts']): Finding['facts'] =>
  Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, typeof value === 'number' ? Math.round(value * 1e6) / 1e6 : value]));

const eventOf = ({ name, severity, message, about = '', facts }: Finding, service: string, { day }: Scene, atMs: number): GovernanceEvent => ({
  name,
  severity,
  message,
  atMs,
  dedupeKey: `${name}/${service}/${about}/${day}`,
  attributes: { 'purser.service': service, ...rounded(facts) },
});

/** Whether any pattern is left to look for. */
export const looksForAny = (off: readonly string[]): boolean => Object.keys(PATTERNS).some((name) => !off.includes(name));

/** Finds what is unusual today in how each service uses models, held against its earlier days; the same key is given all day long. */
export const lookAtUsage = (history: UsageHistory, settings: PatternSettings, off: readonly string[], nowMs: number): readonly GovernanceEvent[] => {
  const patterns = Object.entries(PATTERNS).flatMap(([name, pattern]) => (off.includes(name) ? [] : [pattern]));
  return Object.keys(history.today.services).flatMap((service) => {
    const scene = sceneOf(service, history, nowMs);
    if (scene === undefined) return [];
    return patterns.flatMap((pattern) => pattern(scene, settings).map((finding) => eventOf(finding, service, scene, nowMs)));
  });
};
