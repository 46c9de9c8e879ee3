/** What the processes of a scenario do. */
export interface Plan {
  readonly provider: string;
  readonly inFlight: number;
  /** How long the provider takes for an answer, from and to, in milliseconds. */
  readonly latencyMs: readonly [number, number];
  readonly maxTokens: number;
  readonly outputTokens: readonly [number, number];
  readonly stream: boolean;
  /** The share of streams that the caller breaks off. */
  readonly abandon: number;
  /** The share of answers without usage. */
  readonly withoutUsage: number;
  /** The share of calls whose every attempt times out in the SDK, while the provider does the work and bills it. */
  readonly timeOut: number;
  /** After so many milliseconds it begins nothing new. */
  readonly untilMs: number;
}

/** What a process tells. */
export type News = { readonly kind: 'answered' } | { readonly kind: 'refused'; readonly code: string } | { readonly kind: 'failed'; readonly what: string };
