/** Whom and what a call is for. All optional; values are short strings of low cardinality but for `user`. */
export interface Labels {
  readonly service?: string;
  readonly environment?: string;
  readonly team?: string;
  readonly feature?: string;
  readonly user?: string;
  readonly tenant?: string;
  readonly promptName?: string;
  readonly promptVersion?: string;
  /** Further labels of the owner's own, for budgets' `match.tag`; on spans and records, never on metrics. */
  readonly tags?: Readonly<Record<string, string>>;
}
