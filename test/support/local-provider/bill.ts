import type { Billing, Vendor } from './exchange.ts';
import { NOTHING } from './tokens.ts';
import type { BilledTokens } from './tokens.ts';

/** How one exchange ended, as the provider saw it. */
export type ExchangeEnd = 'answered' | 'failed' | 'cut' | 'stalled' | 'stream_error' | 'short' | 'client_gone';

/** One line of the bill: one HTTP exchange. */
export interface BillLine extends Billing {
  readonly number: number;
  /** What the request's header `x-local-id` says: by it a call is found again, whatever became of it. */
  readonly id: string | undefined;
  readonly vendor: Vendor;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly stream: boolean;
  /** 1 for the first attempt of a call. */
  readonly attempt: number;
  readonly end: ExchangeEnd;
  /** Events that were sent. */
  readonly events: number;
  /** When the request began to arrive and when the answer was sent, in milliseconds since the provider's start. */
  readonly arrivedMs: number;
  readonly sentMs: number;
  /** The credential's last four characters, to tell clients apart. */
  readonly keyTail: string | undefined;
}

/** Sums over exchanges. */
export interface BillTotals {
  readonly requests: number;
  readonly answered: number;
  readonly failed: number;
  /** Streams that did not reach their end, for whatever reason. */
  readonly broken: number;
  readonly tokens: BilledTokens;
}

/** The whole bill. */
export interface BillSummary extends BillTotals {
  readonly vendors: Readonly<Record<string, BillTotals>>;
  readonly models: Readonly<Record<string, BillTotals>>;
  /** The latest lines, oldest first. */
  readonly calls: readonly BillLine[];
}

type Sums = { -readonly [K in keyof BillTotals]: K extends 'tokens' ? { -readonly [T in keyof BilledTokens]: number } : number };

const empty = (): Sums => ({ requests: 0, answered: 0, failed: 0, broken: 0, tokens: { ...NOTHING } });

const TOKENS = Object.keys(NOTHING) as (keyof BilledTokens)[];

const addTo = (sums: Sums, line: BillLine): void => {
  sums.requests++;
  if (line.end === 'answered') sums.answered++;
  else if (line.end === 'failed') sums.failed++;
  else sums.broken++;
  if (line.end === 'failed') return;
  for (const key of TOKENS) sums.tokens[key] += line.tokens[key];
};

/** The provider's own account of what it was asked and what it charges. */
export class Bill {
  readonly #keep: number;
  #total = empty();
  #vendors = new Map<string, Sums>();
  #models = new Map<string, Sums>();
  #lines: BillLine[] = [];

  /** `keep` is how many lines are kept one by one; totals hold them all. */
  constructor(keep: number) {
    this.#keep = keep;
  }

  /** Writes one exchange into the bill. */
  add(line: BillLine): void {
    addTo(this.#total, line);
    addTo(this.#sums(this.#vendors, line.vendor), line);
    addTo(this.#sums(this.#models, `${line.vendor}/${line.model ?? line.requestModel ?? '-'}`), line);
    if (this.#keep === 0) return;
    this.#lines.push(line);
    if (this.#lines.length > 2 * this.#keep) this.#lines = this.#lines.slice(-this.#keep);
  }

  /** Gives the bill as it stands, with the latest lines unless `lines` is false. */
  summary(lines = true): BillSummary {
    return {
      ...this.#total,
      vendors: Object.fromEntries(this.#vendors),
      models: Object.fromEntries(this.#models),
      calls: lines ? this.#lines.slice(-this.#keep) : [],
    };
  }

  /** Starts over. */
  reset(): void {
    this.#total = empty();
    this.#vendors = new Map();
    this.#models = new Map();
    this.#lines = [];
  }

  #sums(map: Map<string, Sums>, key: string): Sums {
    const found = map.get(key) ?? empty();
    map.set(key, found);
    return found;
  }
}
