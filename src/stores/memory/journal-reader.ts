import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import type { BudgetStore, LineState, StateQuestion } from '../../call/budget-store.ts';
import { PurserError } from '../../call/errors.ts';
import { read } from '../book.ts';
import { readJournal } from './journal.ts';
import { DEFAULT_RETENTION, MemoryCells } from './memory-cells.ts';

const KEPT_KEYS = 1000;

const refuse = (): never => {
  throw new PurserError('input_invalid', {
    where: 'store.kind',
    key: 'a change of budgets from outside',
    seen: 'memory',
    wanted: 'sqlite or redis: budgets in the memory of a process are its own',
  });
};

/**
 * Gives a view of what the processes of a host have written to the journals of a directory, added up; for showing only.
 * Every operation that would change something throws {input_invalid}.
 */
export const openJournalView = (directory: string, clock: Clock): BudgetStore => {
  const load = (): MemoryCells => {
    const cells = new MemoryCells(DEFAULT_RETENTION);
    try {
      for (const name of readdirSync(directory)) if (/^budgets(\.\d+)?\.journal$/.test(name)) readJournal(join(directory, name), cells);
    } catch {
      // No process has written anything yet.
    }
    return cells;
  };
  return {
    name: 'memory',
    read: (questions: readonly StateQuestion[]): readonly LineState[] => read(load(), questions, clock.nowMs()),
    keys: (budget) => [...load().keys()].filter((key) => key === budget || key.startsWith(`${budget}/`)).slice(0, KEPT_KEYS),
    changes: () => [],
    reserve: refuse,
    extend: refuse,
    settle: refuse,
    change: refuse,
    close: () => Promise.resolve(),
  };
};
