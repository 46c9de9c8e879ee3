import type { ExportAttributes } from '../../call/export.ts';
import type { TelemetryParts } from '../telemetry-parts.ts';
import type { CallEnding } from './call-ending.ts';
import type { Draft } from './draft.ts';
import type { RunningSpan } from './open-span.ts';

type HostedSpan = Extract<RunningSpan, { kind: 'host' }>;

/** Gives the record that the last attributes of a span are written into: the span's own where it is ours. */
export const lastAttributes = (running: RunningSpan | undefined): Draft => (running?.kind === 'own' ? running.span.attributes : {});

/** Ends a span: ours goes to the exporters as a record; the host's gets its last attributes cleaned and is ended. */
export const finishSpan = (parts: TelemetryParts, running: RunningSpan, attributes: ExportAttributes, ending: CallEnding, endMs: number): void => {
  if (running.kind === 'unsampled') return;
  if (running.kind === 'own') {
    if (ending.errorType !== undefined) running.span.fail(ending.message);
    return parts.exporter.span(running.span.finish(endMs));
  }
  finishHosted(parts, running, attributes, ending, endMs);
};

const finishHosted = (parts: TelemetryParts, { span, shadow }: HostedSpan, attributes: ExportAttributes, ending: CallEnding, endMs: number): void => {
  if (span.isRecording()) {
    parts.cleaner.startBatch();
    span.setAttributes(parts.cleaner.attributes(attributes, 'attribute'));
    if (ending.errorType !== undefined)
      span.setStatus({ code: parts.api.SpanStatusCode.ERROR, ...(ending.message === undefined ? {} : { message: parts.cleaner.status(ending.message) }) });
  }
  span.end(endMs);
  if (shadow === undefined) return;
  Object.assign(shadow.attributes, attributes);
  if (ending.errorType !== undefined) shadow.fail(ending.message);
  parts.exporter.span({ ...shadow.finish(endMs), byHost: true });
};
