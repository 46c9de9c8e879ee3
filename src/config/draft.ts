import { OPTION_ROWS, type OptionKey } from './options.ts';
import type { ConfigProblem } from './problem.ts';
import type { ProcessSecret } from './secrets.ts';

/** Where the value of an option came from: `default`, `env:NAME` or `file:PATH:LINE`. */
export type Origin = 'default' | `env:${string}` | `file:${string}`;

/** What is read so far: a later source overwrites an earlier one. */
export interface Draft {
  readonly values: Map<OptionKey, unknown>;
  readonly origins: Map<OptionKey, Origin>;
  readonly problems: ConfigProblem[];
  /** What `${file:PATH}` brought in. */
  readonly fileSecrets: ProcessSecret[];
}

/** A draft in which every option has its default. */
export const emptyDraft = (): Draft => {
  const draft: Draft = { values: new Map(), origins: new Map(), problems: [], fileSecrets: [] };
  for (const [key, option] of OPTION_ROWS) {
    draft.values.set(key, option.default);
    draft.origins.set(key, 'default');
  }
  return draft;
};
