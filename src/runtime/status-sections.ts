import { reportedCauses } from '../base/diag.ts';
import type { StatusAnswer } from '../config/status-path.ts';
import type { BudgetSnapshot } from '../policies/budget/snapshot.ts';
import type { Telemetry } from '../telemetry/telemetry-settings.ts';
import type { Opener } from './opener.ts';

/** What this process has seen so far, as `purser status` shows it. @param inThreads how many calls its worker threads have told of */
export const statusSections = (opener: Opener, telemetry: Telemetry, budgets: readonly BudgetSnapshot[], inThreads: number): StatusAnswer['sections'] => {
  const { signals, mode, spansStarted, spansEnded, destinations } = telemetry.health();
  const sections: Record<string, Record<string, string | number | boolean>> = {
    calls: { seen: opener.counts.seen, running: opener.openCalls().length, ...(inThreads > 0 ? { ended_in_threads: inThreads } : {}) },
    telemetry: { mode, spans_started: spansStarted, spans_ended: spansEnded, to: destinations.join(', ') },
  };
  for (const [signal, { exported, dropped, failures, queued, lastError }] of Object.entries(signals)) {
    sections[signal] = { exported, dropped, failures, queued, ...(lastError === undefined ? {} : { last_error: lastError }) };
  }
  for (const { key, mode, spent, reserved, limit, unit, windowEndMs, rolls } of budgets) {
    const resets = windowEndMs === undefined || rolls === true ? {} : { resets: new Date(windowEndMs).toISOString() };
    sections[`budget ${key}`] = { mode, spent, reserved, limit, unit, ...resets };
  }
  const faults = [...reportedCauses()];
  if (faults.length > 0) sections['notices and faults'] = Object.fromEntries(faults);
  return sections;
};
