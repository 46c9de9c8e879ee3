import { hourStart, median, type Pattern, shownHour, shownNumber, total } from './pattern.ts';

/** More calls in an hour than a multiple of the same hour on other days, and of the mean hour of a usual day. */
export const callRate: Pattern = ({ who, day, hours, days }, { callRateFactor, leastCalls }) => {
  const mean = median(days.map((one) => total(one.hours, ({ calls }) => calls))) / 24;
  return hours.flatMap(({ hour, sums }) => {
    const same = median(days.map((one) => one.hours[hour]?.calls ?? 0));
    const usual = Math.max(same, mean);
    const figure = sums.calls;
    if (figure < leastCalls || figure <= usual * callRateFactor) return [];
    const times = usual === 0 ? 'where there are usually none' : `${shownNumber(figure / usual)} times the usual ${shownNumber(usual)} of such an hour`;
    return [
      {
        name: 'purser.unusual.call_rate',
        severity: 'warning' as const,
        message: `${who} made ${figure} calls on ${day} from ${shownHour(hour)}, ${times} (${days.length} days); more than ${callRateFactor} times and at least ${leastCalls} calls is unusual (alerts.call_rate_factor, alerts.least_calls).`,
        facts: { figure, usual, threshold: callRateFactor, days: days.length, window_start: hourStart(day, hour), window_end: hourStart(day, hour + 1) },
      },
    ];
  });
};
