import { NO_TOKENS, type Usage } from '../call/usage.ts';

/** What is known of a call whose usage the provider did not report. */
export interface UsageGuess {
  /** UTF-16 units of the prompt. */
  readonly promptChars: number;
  /** UTF-16 units of the answer as far as it was seen. */
  readonly outputChars: number;
}

/** The usual rule of thumb for English text. What is made with it is always marked as an estimate. */
const CHARS_PER_TOKEN = 4;

const tokens = (chars: number): number => (chars > 0 && Number.isFinite(chars) ? Math.ceil(chars / CHARS_PER_TOKEN) : 0);

/** Gives the usage that texts of this length are likely to have had. */
export const estimateUsage = (guess: UsageGuess): Usage => ({
  buckets: { ...NO_TOKENS, input: tokens(guess.promptChars), output: tokens(guess.outputChars) },
  flags: [],
});
