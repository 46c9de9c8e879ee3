import type { ServiceSums } from '../../call/usage-history.ts';
import { type Finding, hourStart, type Scene } from './pattern.ts';

/** What is looked at for newcomers. */
export interface Newcomers {
  readonly name: string;
  /** Calls of today by what may be new. */
  readonly today: Readonly<Record<string, number>>;
  readonly isKnown: (day: ServiceSums, newcomer: string) => boolean;
  /** The calls of a day from which on one is told of, and the option that says so. */
  readonly least: number;
  readonly option: string;
  /** What the service does with one, and with so many, at the beginning of a sentence. */
  readonly one: (newcomer: string) => string;
  readonly many: (count: number) => string;
  readonly facts: (newcomer: string) => Finding['facts'];
}

/** More than these in a day are told of together: somebody makes names up, and each would be an alert. */
const MOST = 5;

const countOf = (calls: number): string => `${calls} ${calls === 1 ? 'call' : 'calls'}`;

/** Finds what was there on none of the days before. */
export const newcomersOf = ({ day, days }: Scene, { name, today, isKnown, least, option, one, many, facts }: Newcomers): readonly Finding[] => {
  const found = Object.entries(today).filter(([newcomer, calls]) => calls >= least && !days.some((before) => isKnown(before, newcomer)));
  const common = { usual: 0, threshold: least, days: days.length, window_start: hourStart(day, 0), window_end: hourStart(day, 24) };
  const say = (what: string, calls: number): string =>
    `${what} on none of ${days.length} days before: ${countOf(calls)} since ${day} 00:00 UTC; told of from ${least} on (${option}).`;
  if (found.length <= MOST) {
    return found.map(([newcomer, calls]) => ({
      name,
      severity: 'warning',
      message: say(one(newcomer), calls),
      about: newcomer,
      facts: { ...facts(newcomer), figure: calls, ...common },
    }));
  }
  const calls = found.reduce((sum, [, count]) => sum + count, 0);
  return [{ name, severity: 'warning', message: say(many(found.length), calls), about: '', facts: { count: found.length, figure: calls, ...common } }];
};
