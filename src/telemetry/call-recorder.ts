import type { Context } from '@opentelemetry/api';
import { fault, guard } from '../base/diag.ts';
import type { Attempt, Call } from '../call/call.ts';
import type { Outcome } from '../call/outcome.ts';
import type { PolicyMarks } from '../call/policy.ts';
import type { CallSpan, NewCall, Recorder, ToolExecution, ToolSpan } from '../call/recorder.ts';
import { spanEntry } from './catalog/spans.ts';
import { CallEnd } from './span/call-end.ts';
import type { Draft } from './span/draft.ts';
import type { SpanOpener, SpanOpening, SpanPlan } from './span/open-span.ts';
import { requestAttributes } from './span/request-attributes.ts';
import { ToolEnd } from './span/tool-end.ts';
import type { TelemetryParts } from './telemetry-parts.ts';

/** How many spans of calls were started, and how many of them have ended. */
interface Counts {
  started: number;
  ended: number;
}

/** The span of a call that runs, which is opened by the host's tracer or made by us when the call has ended. */
class RecordedCall implements CallSpan, SpanPlan {
  readonly #parts: TelemetryParts;
  readonly #call: NewCall;
  readonly #opening: SpanOpening | undefined;
  readonly #parent: Context | undefined;
  readonly #counts: Counts;
  #end: CallEnd | undefined;
  #begun = false;
  #over = false;
  readonly byHost: boolean;
  readonly run: CallSpan['run'];
  readonly kind: SpanPlan['kind'];

  constructor(parts: TelemetryParts, call: NewCall, parent: Context | undefined, counts: Counts) {
    this.#parts = parts;
    this.#call = call;
    this.kind = spanEntry(call.operation).kind;
    const opening = guard('span_start', () => parts.opener.opening(this, parent));
    this.#opening = opening;
    this.#parent = parent;
    this.#counts = counts;
    this.byHost = opening?.byHost === true || parts.countsForHost();
    this.run = opening?.byHost === true ? (work) => parts.api.context.with(opening.running().context, work) : undefined;
  }

  get context(): Context {
    return this.#opening?.running().context ?? this.#parent ?? this.#parts.api.context.active();
  }

  get startMs(): number {
    return this.#call.startedAt;
  }

  name(): string {
    return spanName(this.#completed());
  }

  attributes(): Draft {
    return requestAttributes(this.#completed(), this.#parts.profiles);
  }

  #completed(): Call {
    this.#call.complete?.();
    return this.#call;
  }

  /** Made when it is wanted: few look at a call before it ends. */
  get #ending(): CallEnd {
    return (this.#end ??= new CallEnd(this.#parts, this.#call, this.#opening));
  }

  begun(): void {
    if (this.#begun) return;
    this.#begun = true;
    guard('metrics_begin', () => this.#parts.metrics.begin(this.#call));
  }

  attempt(attempt: Attempt, atMs: number): void {
    guard('span_attempt', () => this.#ending.attempt(attempt, atMs));
  }

  end(outcome: Outcome, marks: PolicyMarks): void {
    if (this.#over) return fault('span_ended_twice', `the call ${this.#call.id} was ended twice`);
    this.#over = true;
    this.begun();
    this.#counts.ended += 1;
    guard('span_end', () => this.#ending.span(outcome, marks));
    guard('metrics_end', () => this.#ending.metrics(outcome));
  }
}

/** Turns calls and tools into spans, metrics and events. What goes wrong here is a fault of ours and never the app's. */
export class CallRecorder implements Recorder {
  readonly #parts: TelemetryParts;
  readonly #opener: SpanOpener;
  readonly counts: Counts = { started: 0, ended: 0 };

  /** @param parts what the stations of telemetry share */
  constructor(parts: TelemetryParts) {
    this.#parts = parts;
    this.#opener = parts.opener;
  }

  start(call: NewCall, parent?: Context): CallSpan {
    this.#parts.findHost();
    const recorded = new RecordedCall(this.#parts, call, parent, this.counts);
    this.counts.started += 1;
    return recorded;
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
      return this.#opener.open({ name: () => `execute_tool ${tool.name}`, kind: 'internal', attributes: () => attributes, startMs }, parent);
    });
    const end = new ToolEnd(this.#parts, tool, running, startMs);
    return {
      context: running?.context ?? parent ?? this.#parts.api.context.active(),
      end: (error?: unknown) => guard('tool_end', () => end.end(error)),
    };
  }
}

const spanName = ({ operation, request: { model } }: Call): string =>
  model === undefined || operation === 'fetch_response' || operation === 'invoke_agent' ? operation : `${operation} ${model}`;
