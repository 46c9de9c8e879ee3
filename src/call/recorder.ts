import type { Context } from '@opentelemetry/api';
import type { Attempt, Call } from './call.ts';
import type { Outcome } from './outcome.ts';
import type { PolicyMarks } from './policy.ts';

/** The span of one call while the call runs. No method throws. */
export interface CallSpan {
  /** The OpenTelemetry context in which the span is the active one, for children of the call. */
  readonly context: Context;
  /** True where the span or the metrics are the host's own: it may flush or shut down at any moment, so that they are ended at once. */
  readonly byHost: boolean;
  /** Runs what sends the call with its span as the active one, so that the host's spans of the request are below it; absent where no host makes any. */
  readonly run?: (<T>(work: () => T) => T) | undefined;
  /** Counts the call as one that runs; called once its request has been read, which may be after `Recorder.start`. */
  begun(): void;
  /** Records one HTTP exchange, which was answered at `atMs` milliseconds since the epoch, as an event on the span. */
  attempt(attempt: Attempt, atMs: number): void;
  /** Ends the span and records the metrics of the call. Called exactly once. */
  end(outcome: Outcome, marks: PolicyMarks): void;
}

/** A tool that a tool runner of an SDK executes inside the app. */
export interface ToolExecution {
  readonly name: string;
  readonly callId: string | undefined;
  readonly type: string;
}

/** The span of one tool while it runs. No method throws. */
export interface ToolSpan {
  readonly context: Context;
  /** Ends the span; `error` is what the tool threw. */
  end(error?: unknown): void;
}

/** A call that begins. */
export interface NewCall extends Call {
  /** Reads the request and the labels, where that was put off; asked before they are looked at. Calling it again does nothing. */
  complete?(): void;
}

/** Turns calls into spans and metrics. No method throws. */
export interface Recorder {
  /** Opens the span of a call, with `parent` or the active context as its parent. */
  start(call: NewCall, parent?: Context): CallSpan;
  /** Opens an `execute_tool` span. */
  startTool(tool: ToolExecution, parent?: Context): ToolSpan;
}
