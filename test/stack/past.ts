import { Exposition } from './exposition.ts';
import type { Past } from './prometheus.ts';

// Replays the made-up house from `from` to `to`, in seconds since the epoch, one page every `step` seconds.
export const housePast = function* (house: Exposition, from: number, to: number, step: number): Generator<Past> {
  for (let at = from; at <= to; at += step) {
    house.advance(at);
    yield { at, samples: house.samples() };
  }
};

const COMPARED =
  /^(purser_cost_USD_total|purser_calls_total|gen_ai_client_inference_duration_seconds_bucket|gen_ai_client_embeddings_duration_seconds_bucket)\{/;

// The same hour a day and a week earlier, of the series that panels compare with.
export const earlier = function* (now: number, seconds: number, step: number): Generator<Past> {
  for (const back of [7 * 86_400, 86_400]) {
    const from = now - back - Math.max(seconds, 3700) - 60;
    const house = new Exposition(from);
    for (const { at, samples } of housePast(house, from, now - back + 900, step))
      yield { at, samples: [...samples].filter(([series]) => COMPARED.test(series)) };
  }
};
