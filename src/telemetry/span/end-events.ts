import type { Context } from '@opentelemetry/api';
import type { Call } from '../../call/call.ts';
import { presentAttributes } from '../../call/export.ts';
import type { Content, Failure } from '../../call/outcome.ts';
import type { TelemetryParts } from '../telemetry-parts.ts';
import { putContent } from './content-attributes.ts';
import { put, type Draft } from './draft.ts';
import { requestAttributes } from './request-attributes.ts';

/** Writes the event that carries a call's attributes with its content, which events hold in structure. */
export const emitDetails = (parts: TelemetryParts, call: Call, response: Draft, content: Content, context: Context | undefined): void => {
  const attributes: Draft = presentAttributes({ ...requestAttributes(call, parts.profiles), ...presentAttributes(response) });
  putContent(attributes, content);
  parts.logs.emit({ eventName: 'gen_ai.client.inference.operation.details', severity: 'DEBUG', atMs: parts.now(), body: undefined, attributes, context });
};

/** Writes the event of an error that the app got. */
export const emitException = (parts: TelemetryParts, failure: Failure, context: Context | undefined): void => {
  const attributes: Draft = {};
  const error = failure.error;
  put(attributes, 'exception.type', error instanceof Error ? error.constructor.name : failure.type);
  put(attributes, 'exception.message', failure.message);
  if (error instanceof Error && typeof error.stack === 'string') put(attributes, 'exception.stacktrace', error.stack);
  parts.logs.emit({ eventName: 'gen_ai.client.operation.exception', severity: 'WARN', atMs: parts.now(), body: undefined, attributes, context });
};
