import { hourStart, median, type Pattern, shownNumber } from './pattern.ts';

const NANO = 1e9;
const usd = (value: number): string => `$${value >= 0.1 ? value.toFixed(2) : shownNumber(value)}`;

/** More was spent today than a multiple of a whole usual day. */
export const spend: Pattern = ({ who, day, today, days }, { spikeFactor, spikeLeastUsd }) => {
  const figure = today.nano / NANO;
  const usual = median(days.map(({ nano }) => nano)) / NANO;
  if (figure < spikeLeastUsd || figure <= usual * spikeFactor) return [];
  const times = usual === 0 ? 'where a usual day costs nothing' : `${shownNumber(figure / usual)} times the ${usd(usual)} of a usual day`;
  return [
    {
      name: 'purser.unusual.spend',
      severity: 'error',
      message: `${who} spent ${usd(figure)} since ${day} 00:00 UTC, ${times} (the median of ${days.length} days); more than ${spikeFactor} times and at least ${usd(spikeLeastUsd)} is a spike (alerts.spike_factor, alerts.spike_least_usd).`,
      facts: { figure, usual, threshold: spikeFactor, days: days.length, window_start: hourStart(day, 0), window_end: hourStart(day, 24) },
    },
  ];
};
