import { hostname, userInfo } from 'node:os';
import { systemClock } from '../base/clock.ts';
import type { BudgetStore, ChangeRecord } from '../call/budget-store.ts';
import { PurserError } from '../call/errors.ts';
import { amountInUnit, formatAmount, parseAmount } from '../policies/budget/amount.ts';
import type { BudgetConfig } from '../policies/budget/budget-config.ts';
import { inspectBudgets, isKeyOf, isUsable, questionOf } from '../policies/budget/inspect-budgets.ts';
import type { BudgetSnapshot } from '../policies/budget/snapshot.ts';
import { readArguments, wrongArguments } from './arguments.ts';
import { columns } from './table.ts';

/** Where the command writes to. */
export interface BudgetsIo {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  readonly cwd: string;
}

/** The budgets that are configured, and the store that keeps them. */
export interface BudgetsSettings {
  readonly budgets: readonly BudgetConfig[];
  /** Opens the store; it is closed when the command ends. */
  readonly openStore: () => BudgetStore;
}

const USAGE = 'show | watch [--every SECONDS] [--times N] | set KEY --limit AMOUNT|default | set KEY --spent AMOUNT | reset KEY | changes';
const CLEAR = '\u001B[H\u001B[2J';
const SHARE_DIGITS = 1;

const moment = (atMs: number | undefined): string =>
  atMs === undefined
    ? 'never'
    : new Date(atMs)
        .toISOString()
        .replace(/:\d\d\.\d{3}Z$/, 'Z')
        .replace('T', ' ');

const amountText = ({ unit }: BudgetSnapshot, amount: number): string => {
  if (unit !== 'usd') return String(Math.round(amount));
  return `$${amount.toFixed(amount !== 0 && Math.abs(amount) < 1 ? 4 : 2)}`;
};

const row = (shot: BudgetSnapshot): readonly string[] => [
  shot.key,
  shot.mode,
  // What is counted is said once in a row.
  shot.unit === 'usd' ? amountText(shot, shot.limit) : formatAmount(shot.unit, shot.limit),
  amountText(shot, shot.spent),
  amountText(shot, shot.reserved),
  amountText(shot, shot.remaining),
  shot.limit === 0 ? '-' : `${((shot.spent / shot.limit) * 100).toFixed(SHARE_DIGITS)} %`,
  shot.forecast === undefined ? '-' : amountText(shot, shot.forecast),
  shot.rolls === true ? 'rolls' : moment(shot.windowEndMs),
];

const HEAD = ['BUDGET', 'MODE', 'LIMIT', 'SPENT', 'RESERVED', 'REMAINING', 'USED', 'FORECAST', 'RESETS'] as const;

/** A store names no more keys of one budget. */
const MOST_KEYS = 1000;

const usedShare = ({ spent, reserved, limit }: BudgetSnapshot): number => (limit === 0 ? 0 : (spent + reserved) / limit);

/** Reads how budgets stand, in the order of the config; of those that are split the fullest come first: who refuses is looked for. */
const standing = async ({ budgets }: BudgetsSettings, store: BudgetStore): Promise<readonly BudgetSnapshot[]> => {
  const shots = await inspectBudgets(budgets, store, systemClock);
  return budgets.flatMap(({ id }) => shots.filter((shot) => shot.id === id).toSorted((a, b) => usedShare(b) - usedShare(a)));
};

const table = ({ budgets }: BudgetsSettings, shots: readonly BudgetSnapshot[]): string => {
  if (budgets.length === 0) return 'No budget is configured here.\n';
  if (shots.length === 0) return 'No budget has been used yet.\n';
  const cut = Object.entries(Object.groupBy(shots, ({ id }) => id)).filter(([, some = []]) => some.length >= MOST_KEYS);
  return columns([HEAD, ...shots.map(row)]) + cut.map(([id]) => `Of "${id}" ${MOST_KEYS} keys are shown, and there may be more.\n`).join('');
};

const show = async (io: BudgetsIo, settings: BudgetsSettings, store: BudgetStore, json: boolean): Promise<void> => {
  const shots = await standing(settings, store);
  io.stdout(json ? `${JSON.stringify(shots, undefined, 2)}\n` : table(settings, shots));
};

const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

const watch = async (io: BudgetsIo, settings: BudgetsSettings, store: BudgetStore, everyS: number, times: number): Promise<void> => {
  for (let time = 0; time < times; time += 1) {
    if (time > 0) await sleep(everyS * 1000);
    const shots = await standing(settings, store);
    io.stdout(`${CLEAR}${new Date().toISOString()}\n${table(settings, shots)}`);
  }
};

const whoami = (): string => {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    // A container may run under a user without a name.
    return `${process.getuid?.() ?? 'unknown'}@${hostname()}`;
  }
};

const budgetOf = (key: string, { budgets }: BudgetsSettings): BudgetConfig => {
  const config = budgets.find(({ id }) => key === id || key.startsWith(`${id}/`));
  if (config !== undefined) return config;
  throw new PurserError('input_invalid', { where: 'purser budgets', key: 'KEY', seen: key, wanted: budgets.map(({ id }) => id).join(', ') || 'a budget' });
};

const wholeAmount = (config: BudgetConfig, flag: string, text: string): number => {
  const amount = parseAmount(config.unit, text);
  if (amount !== undefined) return amount;
  throw new PurserError('input_invalid', { where: 'purser budgets set', key: `--${flag}`, seen: text, wanted: `an amount in ${config.unit}` });
};

const changeText = (config: BudgetConfig, { atMs, by, key, what, from, to }: ChangeRecord): string => {
  const text = (amount: number | undefined): string => (amount === undefined ? 'as configured' : formatAmount(config.unit, amount));
  return `${new Date(atMs).toISOString()}  ${key}: ${what === 'limit' ? 'limit' : 'spent'} ${text(from)} -> ${text(to)}, by ${by}`;
};

interface Wanted {
  readonly limit?: string | undefined;
  readonly spent?: string | undefined;
  readonly by?: string | undefined;
}

const change = async (io: BudgetsIo, settings: BudgetsSettings, store: BudgetStore, asked: string, wanted: Wanted): Promise<void> => {
  const config = budgetOf(asked, settings);
  if (!isUsable(config, asked)) {
    const parts = [config.id, ...config.per.map((field) => field.toUpperCase())];
    const wanted = config.window.kind === 'run' ? 'a key as "purser budgets" shows it' : parts.join('/');
    throw new PurserError('input_invalid', { where: 'purser budgets', key: 'KEY', seen: asked, wanted });
  }
  const { key, slots } = questionOf(config, asked, systemClock.nowMs());
  const by = wanted.by ?? whoami();
  if (wanted.limit !== undefined) {
    const limit = wanted.limit === 'default' ? undefined : wholeAmount(config, 'limit', wanted.limit);
    io.stdout(`${changeText(config, await store.change({ key, slots, change: { kind: 'limit', limit }, by }))}\n`);
  }
  if (wanted.spent !== undefined) {
    const committed = wholeAmount(config, 'spent', wanted.spent);
    io.stdout(`${changeText(config, await store.change({ key, slots, change: { kind: 'committed', committed }, by }))}\n`);
  }
};

const listChanges = async (io: BudgetsIo, settings: BudgetsSettings, store: BudgetStore, json: boolean): Promise<void> => {
  const changes = await store.changes();
  const shown = changes.flatMap((record) => {
    const config = settings.budgets.find((budget) => isKeyOf(budget, record.key));
    if (config === undefined) return [];
    const inUnit = (amount: number | undefined): number | undefined => (amount === undefined ? undefined : amountInUnit(config.unit, amount));
    return [{ text: changeText(config, record), record: { ...record, unit: config.unit, from: inUnit(record.from), to: inUnit(record.to) } }];
  });
  if (json) io.stdout(`${JSON.stringify(shown.map(({ record }) => record))}\n`);
  else io.stdout(shown.length === 0 ? 'Nothing was changed by hand.\n' : shown.map(({ text }) => `${text}\n`).join(''));
};

const FLAGS = {
  json: { type: 'boolean' },
  every: { type: 'string' },
  times: { type: 'string' },
  limit: { type: 'string' },
  spent: { type: 'string' },
  by: { type: 'string' },
} as const;

interface Asked {
  readonly io: BudgetsIo;
  readonly settings: BudgetsSettings;
  readonly store: BudgetStore;
  readonly key: string | undefined;
  readonly values: Wanted & { readonly json?: boolean | undefined; readonly every?: string | undefined; readonly times?: string | undefined };
}

/** Gives `undefined` when what was asked makes no sense. */
type Action = (asked: Asked) => Promise<void> | undefined;

const watchAsked: Action = ({ io, settings, store, key, values }) => {
  const every = Number(values.every ?? 2);
  const times = Number(values.times ?? Infinity);
  return key === undefined && every > 0 && times > 0 ? watch(io, settings, store, every, times) : undefined;
};

const setAsked: Action = ({ io, settings, store, key, values }) => {
  const says = values.limit !== undefined || values.spent !== undefined;
  return key !== undefined && says ? change(io, settings, store, key, values) : undefined;
};

const ACTIONS: Readonly<Record<string, Action>> = {
  show: ({ io, settings, store, key, values }) => (key === undefined ? show(io, settings, store, values.json === true) : undefined),
  changes: ({ io, settings, store, key, values }) => (key === undefined ? listChanges(io, settings, store, values.json === true) : undefined),
  watch: watchAsked,
  set: setAsked,
  reset: ({ io, settings, store, key, values }) => (key === undefined ? undefined : change(io, settings, store, key, { spent: '0', by: values.by })),
};

const act = async (args: readonly string[], io: BudgetsIo, settings: BudgetsSettings, store: BudgetStore): Promise<void> => {
  const { values, positionals } = readArguments('budgets', args, FLAGS);
  const [what = 'show', key, ...more] = positionals;
  const action = more.length === 0 && Object.hasOwn(ACTIONS, what) ? ACTIONS[what] : undefined;
  const acting = action?.({ io, settings, store, key, values });
  if (acting === undefined) throw wrongArguments('budgets', args, USAGE);
  await acting;
};

/**
 * Runs `purser budgets`: shows how budgets stand, watches them, or changes a limit or what was spent, with a record of who and when.
 * Resolves to 0, or to 1 when the store does not answer.
 *
 * @throws {input_invalid} for a command line that cannot be used
 */
export const run = async (args: readonly string[], io: BudgetsIo, settings: BudgetsSettings): Promise<number> => {
  const store = settings.openStore();
  try {
    await act(args, io, settings, store);
    return 0;
  } catch (error) {
    if (error instanceof PurserError) throw error;
    io.stderr(`purser budgets: the store ${store.name} does not answer: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  } finally {
    await store.close();
  }
};
