import { hourStart, median, type Pattern, shownHour, shownNumber } from './pattern.ts';

/** An hour with no more of the calls than this share of the busiest is night, wherever the people are. */
const QUIET = 1 / 20;
/** So many times what is usual at night. */
const TIMES = 10;

/** Calls in an hour of the day in which there are usually next to none. */
export const nightTime: Pattern = ({ who, day, hours, days }, { nightCalls }) => {
  const usualOf = (hour: number): number => median(days.map((one) => one.hours[hour]?.calls ?? 0));
  const busiest = Math.max(...Array.from({ length: 24 }, (_, hour) => usualOf(hour)));
  return hours.flatMap(({ hour, sums }) => {
    const usual = usualOf(hour);
    const figure = sums.calls;
    if (busiest < 1 || usual > busiest * QUIET || figure < nightCalls || figure < usual * TIMES) return [];
    return [
      {
        name: 'purser.unusual.night_time',
        severity: 'warning' as const,
        message: `${who} made ${figure} calls on ${day} from ${shownHour(hour)}, an hour in which ${shownNumber(usual)} are usual and ${shownNumber(busiest)} in the busiest (${days.length} days); from ${nightCalls} on, and ${TIMES} times the usual, that is unusual at such a time (alerts.night_calls).`,
        facts: { figure, usual, threshold: nightCalls, days: days.length, window_start: hourStart(day, hour), window_end: hourStart(day, hour + 1) },
      },
    ];
  });
};
