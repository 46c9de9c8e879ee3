/** What one worker that asks the policy itself is told to do. */
export interface WorkerPlan {
  readonly provider: number;
  readonly store: { readonly kind: 'redis'; readonly url: string; readonly namespace: string } | { readonly kind: 'sqlite' | 'journal'; readonly path: string };
  readonly budgets: readonly object[];
  readonly inFlight: number;
  /** How long the provider takes, from and to, in milliseconds. */
  readonly latencyMs: readonly [number, number];
  /** The bound that requests state, and the most that the provider makes. */
  readonly maxTokens: number;
  readonly outputTokens: readonly [number, number];
  readonly stream: boolean;
  /** The share of streams that the caller breaks off. */
  readonly abandon: number;
  /** The share of answers without usage. */
  readonly withoutUsage: number;
  /** After so many milliseconds it begins nothing new. */
  readonly untilMs: number;
}

/** What a worker tells. */
export type WorkerNews =
  | { readonly kind: 'event'; readonly name: string; readonly dedupeKey: string }
  | { readonly kind: 'admitted'; readonly away: boolean }
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'done'; readonly stopped: number };
