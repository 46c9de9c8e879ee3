/** What the calls of one service came to in one hour. */
export interface HourSums {
  readonly calls: number;
  /** Calls that failed or were abandoned. */
  readonly failed: number;
  /** HTTP exchanges after the first of each call. */
  readonly retries: number;
}

/** What the calls to one model came to in one day. */
export interface ModelSums {
  readonly calls: number;
  /** Calls that said what they used. */
  readonly metered: number;
  /** Tokens of those, input and output. */
  readonly tokens: number;
}

/** What the calls of one service came to in one day, in UTC. */
export interface ServiceSums {
  /** Whole nano-dollars. */
  readonly nano: number;
  /** One for each hour of the day, 24 in all. */
  readonly hours: readonly HourSums[];
  readonly models: Readonly<Record<string, ModelSums>>;
  /** Calls by the fingerprint of the API key with which they were made. */
  readonly keys: Readonly<Record<string, number>>;
}

/** What the calls of one day came to, by service; `-` for those without one. */
export interface DaySums {
  /** `YYYY-MM-DD`, in UTC. */
  readonly day: string;
  readonly services: Readonly<Record<string, ServiceSums>>;
}

/** How models were used until now. */
export interface UsageHistory {
  /** The day that is not over. */
  readonly today: DaySums;
  /** Days before it that are known, the latest first. */
  readonly days: readonly DaySums[];
}
