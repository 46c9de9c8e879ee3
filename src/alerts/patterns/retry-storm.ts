import { hourStart, type Pattern, shownHour, shownNumber, total } from './pattern.ts';

/** Calls were tried again more often in an hour than a multiple of what is usual. */
export const retryStorm: Pattern = ({ who, day, hours, days }, { retryFactor, retryLeast, leastCalls }) => {
  const before = days.flatMap((one) => one.hours);
  const usual =
    total(before, ({ retries }) => retries) /
    Math.max(
      1,
      total(before, ({ calls }) => calls),
    );
  return hours.flatMap(({ hour, sums: { calls, retries } }) => {
    const figure = retries / Math.max(1, calls);
    if (calls + retries < leastCalls || figure < retryLeast || figure <= usual * retryFactor) return [];
    return [
      {
        name: 'purser.unusual.retry_storm',
        severity: 'error' as const,
        message: `${who} tried ${calls} calls ${retries} times again on ${day} from ${shownHour(hour)}: ${shownNumber(figure)} retries a call, where ${shownNumber(usual)} are usual (${days.length} days); at least ${retryLeast} and more than ${retryFactor} times is a storm (alerts.retry_least, alerts.retry_factor).`,
        facts: { figure, usual, threshold: retryFactor, days: days.length, window_start: hourStart(day, hour), window_end: hourStart(day, hour + 1) },
      },
    ];
  });
};
