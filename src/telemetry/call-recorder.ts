import type { Context } from '@opentelemetry/api';
import { fault, guard } from '../base/diag.ts';
import type { Attempt, Call } from '../call/call.ts';
import type { Outcome } from '../call/outcome.ts';
import type { PolicyMarks } from '../call/policy.ts';
import type { CallSpan, Recorder, ToolExecution, ToolSpan } from '../call/recorder.ts';
import type { CallMetrics } from './metric/call-metrics.ts';
import { spanEntry } from './catalog/spans.ts';
import { CallEnd } from './span/call-end.ts';
import type { SpanOpener } from './span/open-span.ts';
import { requestAttributes } from './span/request-attributes.ts';
import { ToolEnd } from './span/tool-end.ts';
import type { TelemetryParts } from './telemetry-parts.ts';

/** Turns calls and tools into spans, metrics and events. What goes wrong here is a fault of ours and never the app's. */
export class CallRecorder implements Recorder {
  readonly #parts: TelemetryParts;
  readonly #opener: SpanOpener;
  readonly #metrics: CallMetrics;
  /** How many spans of calls were started, and how many of them have ended. */
  started = 0;
  ended = 0;

  /** @param parts what the stations of telemetry share */
  constructor(parts: TelemetryParts) {
    this.#parts = parts;
    this.#opener = parts.opener;
    this.#metrics = parts.metrics;
  }

  start(call: Call, parent?: Context): CallSpan {
    this.#parts.beforeCall();
    const opening = guard('span_start', () => {
      const plan = {
        name: spanName(call),
        kind: spanEntry(call.operation).kind,
        attributes: () => requestAttributes(call, this.#parts.profiles),
        startMs: call.startedAt,
      };
      return this.#opener.opening(plan, parent);
    });
    guard('metrics_begin', () => this.#metrics.begin(call));
    this.started += 1;
    const { api } = this.#parts;
    const end = new CallEnd(this.#parts, call, opening);
    let over = false;
    return {
      byHost: opening?.byHost === true || this.#parts.countsForHost(),
      run: opening?.byHost === true ? (work) => api.context.with(opening.running().context, work) : undefined,
      get context() {
        return opening?.running().context ?? parent ?? api.context.active();
      },
      attempt: (attempt: Attempt) => guard('span_attempt', () => end.attempt(attempt)),
      end: (outcome: Outcome, marks: PolicyMarks) => {
        if (over) return fault('span_ended_twice', `the call ${call.id} was ended twice`);
        over = true;
        this.ended += 1;
        guard('span_end', () => end.span(outcome, marks));
        guard('metrics_end', () => end.metrics(outcome));
      },
    };
  }

  startTool(tool: ToolExecution, parent?: Context): ToolSpan {
    const startMs = this.#parts.now();
    const running = guard('tool_start', () => {
      const attributes = {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': tool.name,
        'gen_ai.tool.type': tool.type,
        ...(tool.callId === undefined ? {} : { 'gen_ai.tool.call.id': tool.callId }),
      };
      return this.#opener.open({ name: `execute_tool ${tool.name}`, kind: 'internal', attributes: () => attributes, startMs }, parent);
    });
    const end = new ToolEnd(this.#parts, tool, running, startMs);
    return {
      context: running?.context ?? parent ?? this.#parts.api.context.active(),
      end: (error?: unknown) => guard('tool_end', () => end.end(error)),
    };
  }
}

const spanName = (call: Call): string => {
  if (call.operation === 'fetch_response' || call.request.model === undefined) return call.operation;
  return `${call.operation} ${call.request.model}`;
};
