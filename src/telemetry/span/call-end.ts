import { appended } from '../../base/appended.ts';
import { guard } from '../../base/diag.ts';
import type { Attempt, Call } from '../../call/call.ts';
import type { Origin } from '../../call/export.ts';
import type { Content, Outcome } from '../../call/outcome.ts';
import type { PolicyMarks } from '../../call/policy.ts';
import type { TelemetryParts } from '../telemetry-parts.ts';
import { callEnding, type CallEnding } from './call-ending.ts';
import { contentAsJson, putContent } from './content-attributes.ts';
import { put, type Draft } from './draft.ts';
import { emitDetails, emitException } from './end-events.ts';
import { finishSpan, lastAttributes } from './finish-span.ts';
import type { RunningSpan, SpanOpening } from './open-span.ts';
import type { OwnSpan } from './own-span.ts';
import { putEnding } from './response-attributes.ts';

const attemptAttributes = (attempt: Attempt): Draft => {
  const draft: Draft = { 'purser.attempt.number': attempt.number, 'purser.attempt.duration': attempt.durationMs / 1000 };
  put(draft, 'http.response.status_code', attempt.status);
  put(draft, 'error.type', attempt.errorType);
  put(draft, 'purser.request.id', attempt.requestId);
  put(draft, 'purser.attempt.request_bytes', attempt.requestBytes);
  put(draft, 'purser.attempt.response_bytes', attempt.responseBytes);
  put(draft, 'purser.attempt.connection_reused', attempt.connectionReused);
  if (attempt.retryAfterMs !== undefined) put(draft, 'purser.attempt.retry_after', attempt.retryAfterMs / 1000);
  return draft;
};

/** Brings a call to its end in telemetry: attempts, span, metrics and events. */
export class CallEnd {
  readonly #parts: TelemetryParts;
  readonly #call: Call;
  readonly #opening: SpanOpening | undefined;
  #attempts: readonly { readonly attempt: Attempt; readonly atMs: number }[] = [];

  /** @param opening the span; none when opening it failed, then the metrics still count */
  constructor(parts: TelemetryParts, call: Call, opening: SpanOpening | undefined) {
    this.#parts = parts;
    this.#call = call;
    this.#opening = opening;
  }

  get #running(): RunningSpan | undefined {
    return this.#opening?.running();
  }

  /** Adds an HTTP exchange as an event: at once where the span is the host's, else when the call has ended. */
  attempt(attempt: Attempt, atMs: number): void {
    if (this.#opening === undefined) return;
    if (!this.#opening.byHost) return void (this.#attempts = appended(this.#attempts, { attempt, atMs }));
    const running = this.#opening.running();
    if (running.kind !== 'host') return;
    const draft = attemptAttributes(attempt);
    running.span.addEvent('purser.attempt', this.#parts.cleaner.attributes(draft, 'event'));
    running.shadow?.addEvent('purser.attempt', draft, atMs);
  }

  /** Ends the span and writes the events that belong to it. */
  span(outcome: Outcome, marks: PolicyMarks): void {
    const running = this.#running;
    const ending = callEnding(outcome);
    const onEvent = this.#contentFor('event', outcome);
    const kept = running !== undefined && running.kind !== 'unsampled';
    if (running?.kind === 'own') this.#addAttempts(running.span);
    if (kept || onEvent !== undefined) {
      const draft = lastAttributes(running);
      putEnding(draft, this.#call, outcome, marks, ending, this.#parts.profiles);
      if (onEvent !== undefined) emitDetails(this.#parts, this.#call, draft, onEvent, running?.context);
      if (kept) this.#finish(running, draft, outcome, ending);
    }
    if (outcome.kind === 'failed') emitException(this.#parts, outcome.failure, running?.context);
  }

  #addAttempts(span: OwnSpan): void {
    for (const { attempt, atMs } of this.#attempts) span.addEvent('purser.attempt', attemptAttributes(attempt), atMs);
  }

  /** Counts the call. */
  metrics(outcome: Outcome): void {
    const { errorType } = callEnding(outcome);
    const { ROOT_CONTEXT } = this.#parts.api;
    // Only a host's own instruments look at it.
    const context = this.#parts.countsForHost() ? (this.#running?.context ?? ROOT_CONTEXT) : ROOT_CONTEXT;
    this.#parts.metrics.end(this.#call, outcome, { errorType, origin: this.#origin(), context });
    this.#parts.metrics.content(this.#contentMode(outcome));
  }

  #finish(running: RunningSpan, draft: Draft, outcome: Outcome, ending: CallEnding): void {
    const content = this.#contentFor('span', outcome);
    if (content !== undefined && running.kind === 'own') putContent(draft, content);
    if (content !== undefined && running.kind === 'host') {
      guard('span_content', () => running.span.setAttributes(contentAsJson(content, this.#parts.cleaner)));
      if (running.shadow !== undefined) putContent(running.shadow.attributes, content);
    }
    finishSpan(this.#parts, running, draft, ending, this.#call.startedAt + outcome.durationMs);
  }

  #contentFor(place: 'span' | 'event', outcome: Outcome): Content | undefined {
    const target = this.#parts.content;
    return target === place || target === 'both' ? outcome.response.content : undefined;
  }

  #origin(): Origin | undefined {
    if (this.#running === undefined || this.#running.kind === 'unsampled') return undefined;
    const { traceId, spanId, traceFlags } = this.#running.span.spanContext();
    if ((traceFlags & 1) === 0) return undefined;
    return { traceId, spanId, atMs: this.#parts.now() };
  }

  #contentMode(outcome: Outcome): string {
    if (this.#parts.content === 'none') return 'off';
    if (outcome.response.content === undefined) return 'sampled_out';
    if (!this.#parts.cleaner.keepsContent()) return 'dropped';
    return this.#parts.content === 'span' && this.#origin() === undefined ? 'sampled_out' : 'captured';
  }
}
