import { hourStart, type Pattern, shownHour, shownNumber, total } from './pattern.ts';

const percent = (share: number): string => `${shownNumber(share * 100)} %`;

/** A larger share of calls failed in an hour than a multiple of the usual share. */
export const errorRate: Pattern = ({ who, day, hours, days }, { errorRateFactor, errorRateLeast, leastCalls }) => {
  const before = days.flatMap((one) => one.hours);
  const usual =
    total(before, ({ failed }) => failed) /
    Math.max(
      1,
      total(before, ({ calls }) => calls),
    );
  return hours.flatMap(({ hour, sums: { calls, failed } }) => {
    const figure = failed / Math.max(1, calls);
    if (calls < leastCalls || figure < errorRateLeast || figure <= usual * errorRateFactor) return [];
    return [
      {
        name: 'purser.unusual.error_rate',
        severity: 'error' as const,
        message: `${who} saw ${percent(figure)} of ${calls} calls fail on ${day} from ${shownHour(hour)}, where ${percent(usual)} is usual (${days.length} days); at least ${percent(errorRateLeast)} and more than ${errorRateFactor} times is unusual (alerts.error_rate_least, alerts.error_rate_factor).`,
        facts: { figure, usual, threshold: errorRateFactor, days: days.length, window_start: hourStart(day, hour), window_end: hourStart(day, hour + 1) },
      },
    ];
  });
};
