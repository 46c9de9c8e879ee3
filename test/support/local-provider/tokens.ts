import type { Script } from './script.ts';

/** What one request is billed for. `input` holds cached and written tokens, `output` holds reasoning. */
export interface BilledTokens {
  readonly input: number;
  readonly cached: number;
  readonly written5m: number;
  readonly written1h: number;
  readonly output: number;
  readonly reasoning: number;
}

/** No tokens at all. */
export const NOTHING: BilledTokens = { input: 0, cached: 0, written5m: 0, written1h: 0, output: 0, reasoning: 0 };

/** Counts the tokens of a request: as scripted, otherwise a quarter of the body's bytes in and one for each chunk out. */
export const countTokens = (script: Script, bodyBytes: number): BilledTokens => {
  const special = script.cached + script.write + script.write1h;
  return {
    input: Math.max(script.inputTokens ?? Math.ceil(bodyBytes / 4), special),
    cached: script.cached,
    written5m: script.write,
    written1h: script.write1h,
    output: Math.max(script.outputTokens ?? script.chunks + script.reasoning, script.reasoning),
    reasoning: script.reasoning,
  };
};
