import { hourStart, type Pattern } from './pattern.ts';

/** An API key that was not used on any earlier day; silent while keys of earlier days are not known. */
export const newKey: Pattern = ({ who, day, today, days }, { newKeyCalls }) => {
  if (!days.some(({ keys }) => Object.keys(keys).length > 0)) return [];
  return Object.entries(today.keys).flatMap(([key, calls]) => {
    if (calls < newKeyCalls || days.some(({ keys }) => Object.hasOwn(keys, key))) return [];
    return [
      {
        name: 'purser.unusual.new_key',
        severity: 'warning' as const,
        message: `${who} uses an API key (fingerprint ${key}) that it used on none of ${days.length} days before: ${calls} ${calls === 1 ? 'call' : 'calls'} since ${day} 00:00 UTC; told of from ${newKeyCalls} on (alerts.new_key_calls).`,
        about: key,
        facts: {
          fingerprint: key,
          figure: calls,
          usual: 0,
          threshold: newKeyCalls,
          days: days.length,
          window_start: hourStart(day, 0),
          window_end: hourStart(day, 24),
        },
      },
    ];
  });
};
