import type { AttributeValue, Exception, Link, Span, SpanContext, SpanKind, SpanStatus, TimeInput } from '@opentelemetry/api';
import { appended } from '../../base/appended.ts';
import type { ExportAttributes, ExportValue, SpanEventRecord, SpanRecord } from '../../call/export.ts';
import type { Draft } from './draft.ts';
import type { SpanLimits } from '../telemetry-settings.ts';

/** What a span of our own begins with. */
export interface OwnSpanStart {
  readonly name: () => string;
  /** Milliseconds since the epoch. */
  readonly startMs: number;
  /** Gives a new record, which the span goes on to write into. */
  readonly attributes: () => Draft;
}

/** Where a span of our own stands, and what it may hold. */
export interface OwnSpanFrame {
  readonly kind: SpanKind;
  readonly limits: SpanLimits;
  /** Gives the present time in milliseconds since the epoch. */
  readonly now: () => number;
}

const NO_EVENTS: readonly SpanEventRecord[] = [];

const ERROR = 2;

/** More attributes than a span of ours has without the app's help. */
const OWN_MOST = 120;

const millis = (time: TimeInput | undefined, now: () => number): number => {
  if (time === undefined) return now();
  if (time instanceof Date) return time.getTime();
  // Small numbers count from the start of the process, as `performance.now()` does.
  if (typeof time === 'number') return time < performance.timeOrigin / 2 ? time + performance.timeOrigin : time;
  return time[0] * 1e3 + time[1] / 1e6;
};

/**
 * A span of our own tracer, which is no part of any provider: it costs a plain object, and the app may still write to it
 * where it finds it as the active span.
 */
export class OwnSpan implements Span {
  readonly #start: OwnSpanStart;
  readonly #context: SpanContext;
  readonly #parentSpanId: string | undefined;
  readonly #frame: OwnSpanFrame;
  #attributes: Draft | undefined;
  /** How many attributes the app added itself. */
  #added = 0;
  #events: readonly SpanEventRecord[] = NO_EVENTS;
  #name: string;
  #dropped = 0;
  #failed = false;
  #error: string | undefined;
  #ended = false;

  /** @param parentSpanId 16 hex digits, where the span has a parent */
  constructor(start: OwnSpanStart, context: SpanContext, parentSpanId: string | undefined, frame: OwnSpanFrame) {
    this.#start = start;
    this.#context = context;
    this.#parentSpanId = parentSpanId;
    this.#frame = frame;
    this.#name = start.name();
  }

  /** What the span carries so far; the recorder goes on to write into it. */
  get attributes(): Draft {
    return (this.#attributes ??= this.#start.attributes());
  }

  spanContext(): SpanContext {
    return this.#context;
  }

  isRecording(): boolean {
    return !this.#ended;
  }

  setAttribute(key: string, value: unknown): this {
    if (this.#ended || value === undefined) return this;
    if (this.attributes[key] === undefined) {
      if (this.#added >= this.#frame.limits.attributes) {
        this.#dropped += 1;
        return this;
      }
      this.#added += 1;
    }
    this.attributes[key] = value as ExportValue;
    return this;
  }

  setAttributes(attributes: Readonly<Record<string, unknown>>): this {
    for (const key of Object.keys(attributes)) this.setAttribute(key, attributes[key]);
    return this;
  }

  addEvent(name: string, attributes?: Readonly<Record<string, unknown>> | TimeInput, time?: TimeInput): this {
    if (this.#ended || this.#events.length >= this.#frame.limits.events) return this;
    const isTime = typeof attributes === 'number' || attributes instanceof Date || Array.isArray(attributes);
    const at = millis(isTime ? attributes : time, this.#frame.now);
    const event = { name, atMs: at, attributes: isTime || attributes === undefined ? {} : (attributes as ExportAttributes) };
    this.#events = appended(this.#events, event);
    return this;
  }

  addLink(_link: Link): this {
    return this;
  }

  addLinks(_links: Link[]): this {
    return this;
  }

  /** Success is never stated, so that only an error has an effect. */
  setStatus(status: SpanStatus): this {
    const code: number = status.code;
    if (code === ERROR) this.fail(status.message);
    return this;
  }

  /** Marks the span as failed; `message` is not yet cleaned. */
  fail(message: string | undefined): void {
    if (this.#ended) return;
    this.#failed = true;
    this.#error = message;
  }

  updateName(name: string): this {
    if (!this.#ended) this.#name = name;
    return this;
  }

  recordException(exception: Exception, time?: TimeInput): void {
    const { name, message, stack } = typeof exception === 'string' ? { name: undefined, message: exception, stack: undefined } : exception;
    const attributes: Record<string, AttributeValue> = {};
    if (name !== undefined) attributes['exception.type'] = name;
    if (message !== undefined) attributes['exception.message'] = message;
    if (stack !== undefined) attributes['exception.stacktrace'] = stack;
    this.addEvent('exception', attributes, time);
  }

  /** Only the recorder ends the span, with `finish`; an app that ends the active span ends nothing of ours. */
  end(): void {}

  /** Ends the span and gives it as a record. */
  finish(endMs: number): SpanRecord {
    this.#ended = true;
    this.#trim();
    const { startMs } = this.#start;
    const context = this.#context;
    return {
      traceId: context.traceId,
      spanId: context.spanId,
      parentSpanId: this.#parentSpanId,
      traceState: context.traceState?.serialize(),
      traceFlags: context.traceFlags,
      name: this.#name,
      kind: this.#frame.kind,
      startMs,
      endMs: Math.max(startMs, endMs),
      attributes: this.attributes,
      droppedAttributes: this.#dropped,
      events: this.#events,
      error: this.#error,
      failed: this.#failed,
      byHost: false,
    };
  }

  /** Counting is left out where it cannot matter: we ourselves never write as many as the limit usually allows. */
  #trim(): void {
    const { attributes: most } = this.#frame.limits;
    if (this.#added === 0 && most >= OWN_MOST) return;
    const keys = Object.keys(this.attributes).filter((key) => this.attributes[key] !== undefined);
    for (const key of keys.slice(most)) delete this.attributes[key];
    this.#dropped += Math.max(0, keys.length - most);
  }
}
