import { newcomersOf } from './newcomers.ts';
import type { Pattern } from './pattern.ts';

/** A model that was not called on any earlier day. */
export const newModel: Pattern = (scene, { newModelCalls }) =>
  newcomersOf(scene, {
    name: 'purser.unusual.new_model',
    today: Object.fromEntries(Object.entries(scene.today.models).map(([model, { calls }]) => [model, calls])),
    isKnown: ({ models }, model) => Object.hasOwn(models, model),
    least: newModelCalls,
    option: 'alerts.new_model_calls',
    one: (model) => `${scene.who} calls the model ${model}, which it did`,
    many: (count) => `${scene.who} calls ${count} models, which it did`,
    facts: (model) => ({ 'gen_ai.request.model': model }),
  });
