import type { Context } from '@opentelemetry/api';
import type { Attempt, Call } from '../../call/call.ts';
import type { Origin } from '../../call/export.ts';
import { tellsUsage } from '../../call/operations.ts';
import type { Outcome } from '../../call/outcome.ts';
import { totalInput } from '../../call/usage.ts';
import type { AttributePlace } from '../catalog/attribute-entry.ts';
import { spanEntry } from '../catalog/spans.ts';
import { outputSpeed } from '../span/output-speed.ts';
import type { CallLabels } from './call-labels.ts';
import { countCost } from './cost-metrics.ts';
import type { MetricRegistry } from './metric-registry.ts';
import type { SeriesSet } from './series-set.ts';
import type { Series } from './series.ts';
import { countTokens, countWholeTokens } from './token-metrics.ts';

const DURATION: Partial<Readonly<Record<AttributePlace, string>>> = {
  inference: 'gen_ai.client.inference.duration',
  embeddings: 'gen_ai.client.embeddings.duration',
};

/** What the metrics of an ended call are made from besides the call itself. */
export interface CallMeasure {
  readonly errorType: string | undefined;
  /** The sampled span, for exemplars. */
  readonly origin: Origin | undefined;
  readonly context: Context;
}

/** Counts calls by the metrics of the catalog. */
export class CallMetrics {
  readonly #registry: MetricRegistry;
  readonly #labels: CallLabels;
  readonly #oldNames: boolean;
  readonly #content = new Map<string, Series>();

  /** @param oldNames whether the `v1.41` profile is in force */
  constructor(registry: MetricRegistry, labels: CallLabels, oldNames: boolean) {
    this.#registry = registry;
    this.#labels = labels;
    this.#oldNames = oldNames;
  }

  /** Counts a call that begins. */
  begin(call: Call): void {
    this.#labels.begun(call).of('purser.calls.in_flight')?.add(1);
  }

  /** Counts a call that ended; once for each that began. */
  end(call: Call, outcome: Outcome, measure: CallMeasure): void {
    const begun = this.#labels.begun(call);
    const set = this.#labels.ended(call, outcome, measure.errorType);
    const place = spanEntry(call.operation).place;
    begun.of('purser.calls.in_flight')?.add(-1);
    set.of('purser.calls')?.add(1, measure.context);
    this.#durations(set, call, outcome, measure, place);
    this.#usage(set, call, outcome, measure, place);
    if (outcome.cost !== undefined && place !== 'fetch_response') countCost(set, outcome.cost, measure.origin, measure.context);
    this.#attempts(begun, outcome.attempts);
    this.#response(begun, outcome);
  }

  /** Counts a call by what became of its content. */
  content(mode: string): void {
    let series = this.#content.get(mode);
    if (series === undefined) {
      series = this.#registry.find('purser.content')?.series({ 'purser.content.mode': mode });
      if (series !== undefined) this.#content.set(mode, series);
    }
    series?.add(1);
  }

  /** Counts a tool that was executed. */
  tool(name: string, type: string, errorType: string | undefined, seconds: number): void {
    const fit = (label: string, value: string): string => this.#labels.fit(label, value);
    const values = {
      'gen_ai.tool.name': fit('gen_ai.tool.name', name),
      'gen_ai.tool.type': fit('gen_ai.tool.type', type),
      'error.type': errorType === undefined ? undefined : fit('error.type', errorType),
    };
    this.#registry.find('gen_ai.execute_tool.duration')?.series(values).record(seconds);
  }

  #durations(set: SeriesSet, call: Call, outcome: Outcome, { origin, context }: CallMeasure, place: AttributePlace): void {
    const seconds = outcome.durationMs / 1000;
    const own = DURATION[place];
    if (own !== undefined) set.of(own)?.record(seconds, origin, context);
    if (own === undefined || this.#oldNames) set.of('gen_ai.client.operation.duration')?.record(seconds, origin, context);
    if (place !== 'inference' || call.request.stream !== true || outcome.firstChunkMs === undefined) return;
    set.of('gen_ai.client.inference.time_to_first_chunk')?.record(outcome.firstChunkMs / 1000, origin, context);
    if (outcome.chunks < 2) return;
    const gap = (outcome.durationMs - outcome.firstChunkMs) / (outcome.chunks - 1);
    set.of('gen_ai.client.inference.time_per_output_chunk')?.record(gap / 1000, origin, context);
  }

  #usage(set: SeriesSet, call: Call, outcome: Outcome, { context }: CallMeasure, place: AttributePlace): void {
    if (place === 'inference') countTokens(set, call, outcome, context);
    if (place === 'embeddings') this.#embeddings(set, outcome, context);
    if (place === 'operation' && outcome.usage !== undefined) countWholeTokens(set, call, outcome.usage, context);
    if (outcome.kind === 'completed' && outcome.usage === undefined && tellsUsage(call)) set.of('purser.usage_missing')?.add(1);
    this.#oddities(set, call, outcome, context);
  }

  #oddities(set: SeriesSet, call: Call, outcome: Outcome, context: Context): void {
    const speed = outputSpeed(call, outcome);
    if (speed !== undefined) set.of('purser.output_speed')?.record(speed, undefined, context);
    for (const flag of outcome.usage?.flags ?? []) set.with('purser.usage_flags', 'purser.flag', flag)?.add(1);
  }

  #embeddings(set: SeriesSet, outcome: Outcome, context: Context): void {
    const input = outcome.usage === undefined ? 0 : totalInput(outcome.usage.buckets);
    set.of('gen_ai.client.embeddings.operation.input_tokens')?.record(input, undefined, context);
    if (outcome.usage !== undefined) set.with('gen_ai.client.token.usage', 'gen_ai.token.type', 'input')?.record(input, undefined, context);
  }

  #attempts(begun: SeriesSet, attempts: readonly Attempt[]): void {
    for (const attempt of attempts) {
      const error = attempt.errorType === undefined ? '' : this.#labels.fit('error.type', attempt.errorType);
      const status = attempt.status ?? 0;
      begun.attempt(status, error)?.add(1);
    }
    if (attempts.length > 1) begun.of('purser.retries')?.add(attempts.length - 1);
  }

  #response(begun: SeriesSet, outcome: Outcome): void {
    const { finishReasons, toolCalls, headroom } = outcome.response;
    for (const reason of finishReasons ?? [])
      begun.with('purser.finish_reasons', 'purser.finish_reason', this.#labels.fit('purser.finish_reason', reason))?.add(1);
    for (const tool of toolCalls ?? []) begun.with('purser.tool_calls', 'gen_ai.tool.name', this.#labels.fit('gen_ai.tool.name', tool.name))?.add(1);
    if (headroom === undefined) return;
    const gauge = (metric: string, kind: string, value: number | undefined): void => {
      if (value !== undefined) begun.with(metric, 'purser.limit_kind', kind)?.set(value);
    };
    gauge('purser.ratelimit.limit', 'requests', headroom.limitRequests);
    gauge('purser.ratelimit.remaining', 'requests', headroom.remainingRequests);
    gauge('purser.ratelimit.limit', 'tokens', headroom.limitTokens);
    gauge('purser.ratelimit.remaining', 'tokens', headroom.remainingTokens);
  }
}
