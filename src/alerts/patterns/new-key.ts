import { newcomersOf } from './newcomers.ts';
import type { Pattern } from './pattern.ts';

/** An API key that was not used on any earlier day; silent while keys of earlier days are not known. */
export const newKey: Pattern = (scene, { newKeyCalls }) => {
  if (!scene.days.some(({ keys }) => Object.keys(keys).length > 0)) return [];
  return newcomersOf(scene, {
    name: 'purser.unusual.new_key',
    today: scene.today.keys,
    isKnown: ({ keys }, key) => Object.hasOwn(keys, key),
    least: newKeyCalls,
    option: 'alerts.new_key_calls',
    one: (key) => `${scene.who} uses an API key (fingerprint ${key}), which it did`,
    many: (count) => `${scene.who} uses ${count} API keys, which it did`,
    facts: (key) => ({ fingerprint: key }),
  });
};
