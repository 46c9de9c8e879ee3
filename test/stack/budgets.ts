/** A made-up budget: what it may spend and what share of its even pace it spends. */
export interface MadeBudget {
  readonly id: string;
  readonly key: string;
  readonly unit: 'usd' | 'tokens' | 'requests';
  readonly limit: number;
  readonly windowSeconds: number;
  /** Multiples of the even pace while all is well, and in trouble. */
  readonly pace: number;
  readonly troublePace: number;
  /** Share of the limit that is committed at the start, and in trouble if that differs. */
  readonly used: number;
  readonly troubleUsed?: number;
}

const DAY = 86_400;
const budget = (id: string, key: string, limit: number, days: number, used: number, pace: number, more: Partial<MadeBudget> = {}): MadeBudget => ({
  id,
  key: key === '' ? id : `${id}/${key}`,
  unit: 'usd',
  limit,
  windowSeconds: days * DAY,
  pace,
  troublePace: pace,
  used,
  ...more,
});

/** Each trouble has a budget of its own, so that none hides another. */
export const BUDGETS: readonly MadeBudget[] = [
  budget('company-month', '', 9000, 30, 0.61, 0.94),
  budget('support-chat-day', '', 900, 1, 0.55, 0.9, { troubleUsed: 0.94, troublePace: 0 }),
  budget('tenant-day', 'acme', 400, 1, 0.42, 0.8, { troubleUsed: 1.01, troublePace: 0 }),
  budget('tenant-day', 'globex', 250, 1, 0.31, 0.7, { troublePace: 4 }),
  budget('tenant-day', 'initech', 600, 1, 0.48, 0.85, { troublePace: 40 }),
  budget('reports-month', '', 2500, 30, 0.2, 0.5, { troublePace: 13 }),
  budget('search-tokens', '', 5_000_000_000, 30, 0.57, 0.9, { unit: 'tokens' }),
  budget('sandbox-day', '', 1000, 1, 0.12, 0.3, { unit: 'requests' }),
];
