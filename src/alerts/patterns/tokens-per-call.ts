import { hourStart, ownOf, type Pattern, shownNumber, total } from './pattern.ts';

/** The calls to a model used more tokens each today than a multiple of what they usually use. */
export const tokensPerCall: Pattern = ({ who, day, today, days }, { tokensFactor, leastCalls }) =>
  Object.entries(today.models).flatMap(([model, { metered, tokens }]) => {
    const before = days.flatMap((one) => ownOf(one.models, model) ?? []);
    const known = total(before, (sums) => sums.metered);
    if (metered < leastCalls || known < leastCalls) return [];
    const figure = tokens / metered;
    const usual = total(before, (sums) => sums.tokens) / known;
    if (figure <= usual * tokensFactor) return [];
    return [
      {
        name: 'purser.unusual.tokens_per_call',
        severity: 'warning' as const,
        message: `${who} used ${shownNumber(figure)} tokens a call of ${model} since ${day} 00:00 UTC, ${shownNumber(figure / usual)} times the usual ${shownNumber(usual)} (${days.length} days); more than ${tokensFactor} times over at least ${leastCalls} calls is unusual (alerts.tokens_factor, alerts.least_calls).`,
        about: model,
        facts: {
          'gen_ai.request.model': model,
          figure,
          usual,
          threshold: tokensFactor,
          days: days.length,
          window_start: hourStart(day, 0),
          window_end: hourStart(day, 24),
        },
      },
    ];
  });
