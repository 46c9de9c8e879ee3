import type { Attributes, Context, Span, SpanContext, Tracer } from '@opentelemetry/api';
import { presentAttributes } from '../../call/export.ts';
import type { RecordCleaner } from '../clean-records.ts';
import type { HostProviders } from '../host-providers.ts';
import type { ApiModule, TelemetrySettings } from '../telemetry-settings.ts';
import type { Draft } from './draft.ts';
import { newSpanId, newTraceId } from './ids.ts';
import { OwnSpan, type OwnSpanFrame } from './own-span.ts';
import { samplerOf, type Sample } from './sampler.ts';

/** What a span begins with. */
export interface SpanPlan {
  /** Asked for once, as the attributes are. */
  readonly name: () => string;
  readonly kind: 'internal' | 'client';
  /** Gives a new record, which the span goes on to write into; asked for when somebody wants it, for most spans when they end. */
  readonly attributes: () => Draft;
  /** Milliseconds since the epoch. */
  readonly startMs: number;
}

/** A span that runs: one of our own, one of the host's tracer, or one that is not kept. */
export type RunningSpan =
  | OwnRunning
  | {
      readonly kind: 'host';
      readonly span: Span;
      readonly context: Context;
      /** The same span for local outputs, where there are any. */ readonly shadow: OwnSpan | undefined;
    }
  | { readonly kind: 'unsampled'; readonly span: Span; readonly context: Context };

/** A span that was begun; where it is ours, it is made when somebody first asks for it. */
export interface SpanOpening {
  readonly byHost: boolean;
  running(): RunningSpan;
}

/** A span of ours that runs; few ask for its context. */
class OwnRunning {
  readonly kind = 'own';
  readonly span: OwnSpan;
  readonly #api: ApiModule;
  readonly #base: Context;

  constructor(api: ApiModule, base: Context, span: OwnSpan) {
    this.#api = api;
    this.#base = base;
    this.span = span;
  }

  get context(): Context {
    return this.#api.trace.setSpan(this.#base, this.span);
  }
}

/**
 * The key under which the JavaScript SDK marks a context whose spans are not wanted.
 * @source @opentelemetry/core 3.1, trace/suppress-tracing
 */
const SUPPRESS = 'OpenTelemetry SDK Context Key SUPPRESS_TRACING';

/** A span of ours under `base`, made when somebody first asks for it. */
class LaterSpan implements SpanOpening {
  readonly byHost = false;
  readonly #opener: SpanOpener;
  readonly #plan: SpanPlan;
  readonly #base: Context;
  #running: RunningSpan | undefined;

  constructor(opener: SpanOpener, plan: SpanPlan, base: Context) {
    this.#opener = opener;
    this.#plan = plan;
    this.#base = base;
  }

  running(): RunningSpan {
    return (this.#running ??= this.#opener.own(this.#plan, this.#base));
  }
}

/** Opens spans: through the host's tracer while it has one, else in our own, which no provider knows of. */
export class SpanOpener {
  readonly #api: ApiModule;
  readonly #settings: TelemetrySettings;
  readonly #host: HostProviders;
  readonly #cleaner: RecordCleaner;
  readonly #sample: Sample;
  readonly #suppressKey: symbol;
  readonly #frames: Readonly<Record<SpanPlan['kind'], OwnSpanFrame>>;

  /** @param cleaner cleans what is handed to the host's tracer */
  constructor(settings: TelemetrySettings, host: HostProviders, cleaner: RecordCleaner) {
    this.#api = settings.api;
    this.#settings = settings;
    this.#host = host;
    this.#cleaner = cleaner;
    this.#sample = samplerOf(settings.sampler);
    const { INTERNAL, CLIENT } = settings.api.SpanKind;
    const frame = { limits: settings.limits, now: () => settings.clock.nowMs() };
    this.#frames = { internal: { ...frame, kind: INTERNAL }, client: { ...frame, kind: CLIENT } };
    this.#suppressKey = settings.api.createContextKey(SUPPRESS);
  }

  /** Opens a span under `parent`, or under what is active now. */
  open(plan: SpanPlan, parent: Context | undefined): RunningSpan {
    return this.opening(plan, parent).running();
  }

  /** The same; a span of ours is made later, since few look at it before it ends. */
  opening(plan: SpanPlan, parent: Context | undefined): SpanOpening {
    const base = parent ?? this.#api.context.active();
    const tracer = this.#settings.attach ? this.#host.tracer() : undefined;
    if (tracer === undefined) return new LaterSpan(this, plan, base);
    const running = this.#hosted(plan, base, tracer);
    return { byHost: true, running: () => running };
  }

  #hosted(plan: SpanPlan, base: Context, tracer: Tracer): RunningSpan {
    this.#cleaner.startBatch();
    const attributes = presentAttributes(this.#cleaner.attributes(plan.attributes(), 'attribute')) as Attributes;
    const span = tracer.startSpan(this.#cleaner.spanName(plan.name()), { kind: this.#frames[plan.kind].kind, attributes, startTime: plan.startMs }, base);
    const wanted = this.#settings.exporter.wantsHostRecords && span.isRecording();
    const shadow = wanted ? this.#ownSpan(plan, span.spanContext(), this.#api.trace.getSpanContext(base)?.spanId) : undefined;
    return { kind: 'host', span, context: this.#api.trace.setSpan(base, span), shadow };
  }

  /** Makes a span of ours. */
  own(plan: SpanPlan, base: Context): RunningSpan {
    const found = this.#api.trace.getSpanContext(base);
    const parent = found !== undefined && this.#api.isSpanContextValid(found) ? found : undefined;
    const traceId = parent?.traceId ?? newTraceId();
    const kept = base.getValue(this.#suppressKey) !== true && this.#sample(traceId, parent);
    const plain: SpanContext = { traceId, spanId: newSpanId(), traceFlags: kept ? 1 : 0 };
    const context = parent?.traceState === undefined ? plain : { ...plain, traceState: parent.traceState };
    if (!kept) {
      const span = this.#api.trace.wrapSpanContext(context);
      return { kind: 'unsampled', span, context: this.#api.trace.setSpan(base, span) };
    }
    return new OwnRunning(this.#api, base, this.#ownSpan(plan, context, parent?.spanId));
  }

  #ownSpan(plan: SpanPlan, context: SpanContext, parentSpanId: string | undefined): OwnSpan {
    return new OwnSpan(plan, context, parentSpanId, this.#frames[plan.kind]);
  }
}
