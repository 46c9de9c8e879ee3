/** What a model can take in and give out at most. */
export interface ModelLimits {
  readonly maxInputTokens?: number;
  readonly maxOutputTokens?: number;
}

/** Gives the bounds of a model, where they are known. */
export type ModelLimitsOf = (provider: string, model: string) => ModelLimits | undefined;
