import type { Clock } from '../base/clock.ts';
import type { Call } from '../call/call.ts';
import type { GovernanceEvent } from '../call/event.ts';
import type { Outcome } from '../call/outcome.ts';
import type { Sink } from '../call/sink.ts';

const DAY_MS = 86_400_000;

const WORDS: Readonly<Record<string, string>> = {
  unknown_model: 'its model is not in the price table',
  unknown_provider: 'its provider is not in the price table',
  private_host: 'it went to a private host, where a list price need not hold (providers.hosts may name who answers there, or an override its price)',
  unpriced_dimension: 'a part of what it used has no price',
  usage_missing: 'the provider did not say what was used',
};

/** Tells when money is spent that nobody can count: once a day for each model and reason. */
export const createUnpricedWatch = (clock: Clock, raise: (event: GovernanceEvent) => void): Sink => {
  // Where one call has no price, the next has none either, mostly for the same reason.
  let latest = { provider: '', model: '', reason: '', day: 0 };
  return {
    name: 'unpriced_watch',
    callEnded({ provider, request }: Call, { cost, response }: Outcome): void {
      if (cost?.kind !== 'unpriced') return;
      const { reason } = cost;
      const why = WORDS[reason];
      if (why === undefined) return;
      const atMs = clock.nowMs();
      const day = Math.floor(atMs / DAY_MS);
      const model = response.model ?? request.model ?? '-';
      // Dashboards and rules know it by the name that was asked for.
      const asked = request.model === undefined || request.model === model ? '' : `, which was asked for as ${request.model},`;
      if (latest.provider === provider && latest.model === model && latest.reason === reason && latest.day === day) return;
      latest = { provider, model, reason, day };
      raise({
        name: 'purser.cost.unpriced',
        severity: 'warning',
        message: `A call to ${model} of ${provider}${asked} has no price, because ${why}: what it costs is in no sum, and budgets in dollars go by onUnknownPrice.`,
        atMs,
        dedupeKey: `unpriced/${provider}/${model}/${reason}/${day}`,
        attributes: { 'gen_ai.provider.name': provider, 'gen_ai.request.model': model, 'purser.reason': reason },
      });
    },
  };
};
