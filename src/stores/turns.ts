import type { BudgetLine, Turn } from '../call/budget-store.ts';
import type { Cells, Waiter } from './cells.ts';

const isBefore = (a: Waiter, sinceMs: number, who: string): boolean => a.sinceMs < sinceMs || (a.sinceMs === sinceMs && a.who < who);

/** Whether somebody else has waited longer for a key. A place that was not asked for in time has lapsed, since its process may be gone. */
export const isBehind = (cells: Cells, key: string, turn: Turn, nowMs: number): boolean =>
  cells.waiters(key).some((other) => other.who !== turn.who && other.untilMs > nowMs && isBefore(other, nowMs - turn.waitedMs, turn.who));

/** Keeps the place of a refused call for each line that refused it; places that have lapsed make room. */
export const keepTurns = (cells: Cells, lines: readonly BudgetLine[], refused: readonly number[], turn: Turn, nowMs: number): void => {
  if (turn.keepMs === 0) return;
  for (const index of refused) {
    const line = lines[index];
    // A call that is larger than the limit would wait for ever, and all others behind it.
    if (line === undefined || line.amount > line.limit) continue;
    for (const { who, untilMs } of cells.waiters(line.key)) if (untilMs <= nowMs) cells.dropWaiter(line.key, who);
    cells.setWaiter(line.key, { who: turn.who, sinceMs: nowMs - turn.waitedMs, untilMs: nowMs + turn.keepMs });
  }
};

/** Gives up the places of a call that was let through. */
export const leaveTurns = (cells: Cells, lines: readonly BudgetLine[], who: string): void => {
  for (const { key } of lines) if (cells.waiters(key).some((waiter) => waiter.who === who)) cells.dropWaiter(key, who);
};
