import type { ExportAttributes } from '../../call/export.ts';
import type { TelemetryParts } from '../telemetry-parts.ts';
import type { CallEnding } from './call-ending.ts';
import type { RunningSpan } from './open-span.ts';

/** Ends a span with its last attributes: ours goes to the exporters as a record, the host's is cleaned and ended. */
export const finishSpan = (parts: TelemetryParts, running: RunningSpan, attributes: ExportAttributes, ending: CallEnding, endMs: number): void => {
  if (running.kind === 'unsampled') return;
  if (running.kind === 'own') {
    if (ending.errorType !== undefined) running.span.fail(ending.message);
    return parts.exporter.span(running.span.finish(attributes, endMs));
  }
  const { span } = running;
  if (span.isRecording()) {
    parts.cleaner.startBatch();
    span.setAttributes(parts.cleaner.attributes(attributes, 'attribute'));
    if (ending.errorType !== undefined)
      span.setStatus({ code: parts.api.SpanStatusCode.ERROR, ...(ending.message === undefined ? {} : { message: parts.cleaner.status(ending.message) }) });
  }
  span.end(endMs);
};
