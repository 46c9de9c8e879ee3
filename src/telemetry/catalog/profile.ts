/**
 * A state of the GenAI conventions: `latest` is the unreleased main of November 2026, `v1.41` the last that most back ends know.
 * Both may be emitted at once.
 */
export type Profile = 'latest' | 'v1.41';

/** The profiles that a choice of `latest`, `v1.41` or `both` stands for. */
export const profilesOf = (choice: 'latest' | 'v1.41' | 'both'): readonly Profile[] => (choice === 'both' ? ['latest', 'v1.41'] : [choice]);
