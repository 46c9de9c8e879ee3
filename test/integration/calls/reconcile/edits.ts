import { Dice } from './dice.ts';

/** An edit of the config file while the process runs. */
export interface Edit {
  /** Milliseconds since the edit before it. */
  readonly afterMs: number;
  /** What is then in the file. */
  readonly text: string;
}

/** A config as it is written. */
export interface WrittenConfig {
  readonly budgets?: readonly object[];
  readonly limits?: readonly object[];
  readonly [key: string]: unknown;
}

type Change = (config: WrittenConfig, dice: Dice) => object;

const mixed = (list: readonly object[] | undefined, dice: Dice): readonly object[] | undefined =>
  list
    ?.map((one) => ({ one, at: dice.upTo(1000) }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);

const limitOf = (one: object): unknown => ('limit' in one ? one.limit : undefined);

/** Limits that nothing comes near, and places, of which there may be more. */
const more = (list: readonly object[] | undefined, dice: Dice): readonly object[] | undefined =>
  list?.map((one) => {
    const limit = Number(limitOf(one));
    return dice.odds(0.5) && (limit >= 1000 || limit === 4) ? { ...one, limit: typeof limitOf(one) === 'string' ? String(limit * 2) : limit + 2 } : one;
  });

const another = { id: 'another', unit: 'usd', per: 'tag:n', limit: '1000000', window: { kind: 'total' }, mode: 'enforce' };
const dearer = { version: 1, prices: [{ match: { model: 'gpt-5.4' }, per_mtok: { input: '7', output: '21' } }] };

/** Each leaves what has to agree as it is: a call keeps the price at which it is charged, and no budget that is looked at goes away. */
const CHANGES: readonly Change[] = [
  ({ budgets, limits }, dice) => ({ budgets: mixed(budgets, dice), limits: mixed(limits, dice) }),
  ({ budgets, limits }, dice) => ({ budgets: more(budgets, dice), limits: more(limits, dice) }),
  ({ budgets }) => (budgets === undefined ? {} : { budgets: [another, ...budgets] }),
  () => ({ pricing: { overrides: dearer } }),
  (_, dice) => ({ labels: { team: dice.one(['ships', 'stores']), tags: { edited: String(dice.upTo(3)) } } }),
  () => ({ redaction: { patterns: [{ name: 'order', pattern: 'ORD-[0-9]{6}' }] } }),
  () => ({ alerts: { call_rate_factor: 9 } }),
  () => ({ budgets: [{ id: 'all', limit: 'plenty' }] }),
];

/** How the config file changes in a run, by its seed. What is no JSON at all is among it. */
export const editsOf = (seed: number, config: WrittenConfig): readonly Edit[] => {
  const dice = new Dice(seed + 2);
  return Array.from({ length: 40 }, () => {
    const changes = CHANGES.filter(() => dice.odds(0.3)).map((change) => change(config, dice));
    const text = JSON.stringify(Object.assign({}, config, ...changes));
    return { afterMs: 20 + dice.upTo(120), text: dice.odds(0.1) ? text.slice(0, -20) : text };
  });
};
