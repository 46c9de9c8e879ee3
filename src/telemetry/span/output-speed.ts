import type { Call } from '../../call/call.ts';
import type { Outcome } from '../../call/outcome.ts';
import { totalOutput } from '../../call/usage.ts';

/** Shortest time from which a speed is computed, in milliseconds: below it the number says more about the clock than the model. */
const SHORTEST_MS = 1;

/** Gives output tokens a second of a completed call, after the first chunk for streams; `undefined` where that cannot be said. */
export const outputSpeed = (call: Call, outcome: Outcome): number | undefined => {
  // How long a batch took, its results do not tell.
  if (outcome.kind !== 'completed' || outcome.usage === undefined || call.operation === 'batch') return undefined;
  const tokens = totalOutput(outcome.usage.buckets);
  const streamed = call.request.stream === true && outcome.firstChunkMs !== undefined;
  const spentMs = streamed ? outcome.durationMs - (outcome.firstChunkMs ?? 0) : outcome.durationMs;
  return tokens > 0 && spentMs >= SHORTEST_MS ? (tokens * 1000) / spentMs : undefined;
};
