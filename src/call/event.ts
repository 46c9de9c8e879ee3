/** Something that the person on call should know: a threshold crossed, a store away, a price table too old. */
export interface GovernanceEvent {
  /** The dotted name in the catalog, such as `purser.budget.threshold`. */
  readonly name: string;
  readonly severity: 'info' | 'warning' | 'error';
  /** One sentence, free of secrets. */
  readonly message: string;
  readonly atMs: number;
  /** The same event seen twice carries the same key: `budget/window/threshold`. */
  readonly dedupeKey: string;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
}

/** Takes events on their way to the log, OpenTelemetry and the alert channels. Must not throw. */
export type EmitEvent = (event: GovernanceEvent) => void;

/** Counts and gauges that a station reports about itself, by catalog name. Must not throw. */
export interface Meter {
  /** Adds `value` to a counter or up-down counter of the catalog. */
  add(metric: string, value: number, attributes?: Readonly<Record<string, string | number>>): void;
  /** Records a value in a histogram of the catalog. */
  record(metric: string, value: number, attributes?: Readonly<Record<string, string | number>>): void;
  /** Sets a gauge of the catalog; `undefined` tells nothing of it any more, until it is set again. */
  set(metric: string, value: number | undefined, attributes?: Readonly<Record<string, string | number>>): void;
}
