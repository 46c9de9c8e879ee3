import { hourStart, type Pattern } from './pattern.ts';

/** A model that was not called on any earlier day. */
export const newModel: Pattern = ({ who, day, today, days }, { newModelCalls }) =>
  Object.entries(today.models).flatMap(([model, { calls }]) => {
    if (calls < newModelCalls || days.some((one) => Object.hasOwn(one.models, model))) return [];
    return [
      {
        name: 'purser.unusual.new_model',
        severity: 'warning' as const,
        message: `${who} calls the model ${model}, which it did on none of ${days.length} days before: ${calls} ${calls === 1 ? 'call' : 'calls'} since ${day} 00:00 UTC; told of from ${newModelCalls} on (alerts.new_model_calls).`,
        about: model,
        facts: {
          'gen_ai.request.model': model,
          figure: calls,
          usual: 0,
          threshold: newModelCalls,
          days: days.length,
          window_start: hourStart(day, 0),
          window_end: hourStart(day, 24),
        },
      },
    ];
  });
