import type { ToolExecution } from '../../call/recorder.ts';
import type { TelemetryParts } from '../telemetry-parts.ts';
import { put } from './draft.ts';
import { finishSpan, lastAttributes } from './finish-span.ts';
import type { RunningSpan } from './open-span.ts';

const typeOf = (error: unknown): string => (error instanceof Error && error.constructor.name !== '' ? error.constructor.name : '_OTHER');

/** Brings a tool to its end in telemetry. */
export class ToolEnd {
  readonly #parts: TelemetryParts;
  readonly #tool: ToolExecution;
  readonly #running: RunningSpan | undefined;
  readonly #startMs: number;
  #over = false;

  /** @param startMs when the tool began, in milliseconds since the epoch */
  constructor(parts: TelemetryParts, tool: ToolExecution, running: RunningSpan | undefined, startMs: number) {
    this.#parts = parts;
    this.#tool = tool;
    this.#running = running;
    this.#startMs = startMs;
  }

  /** Ends the span, once; `error` is what the tool threw. */
  end(error: unknown): void {
    if (this.#over) return;
    this.#over = true;
    const endMs = this.#parts.now();
    const failed = error !== undefined;
    const errorType = failed ? typeOf(error) : undefined;
    const message = error instanceof Error ? error.message : undefined;
    this.#parts.metrics.tool(this.#tool.name, this.#tool.type, errorType, Math.max(0, endMs - this.#startMs) / 1000);
    if (this.#running === undefined) return;
    const draft = lastAttributes(this.#running);
    put(draft, 'error.type', errorType);
    finishSpan(this.#parts, this.#running, draft, { errorType, message }, endMs);
  }
}
