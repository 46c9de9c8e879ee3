import type { LogRecordProcessor, ReadWriteLogRecord } from '@opentelemetry/sdk-logs';
import { guard } from '../base/diag.ts';
import type { Redactor } from '../call/redactor.ts';
import { cleanAttributes } from './attributes.ts';
import { isContentEvent } from './content-keys.ts';
import { cleanSpanContext } from './trace-state.ts';

const cleanRecord = (redactor: Redactor, record: ReadWriteLogRecord): void => {
  const content = record.eventName !== undefined && isContentEvent(record.eventName);
  if (record.body !== undefined) {
    const body = redactor.value(record.body, '', content ? 'content' : 'log_body');
    if (body !== record.body) record.body = body;
  }
  cleanAttributes(redactor, record.attributes, content ? 'content' : 'log_attribute');
  if (record.eventName !== undefined) {
    const name = redactor.text(record.eventName, 'event');
    if (name !== record.eventName) record.eventName = name;
  }
  if (record.severityText !== undefined) {
    const text = redactor.text(record.severityText, 'log_attribute');
    if (text !== record.severityText) record.severityText = text;
  }
  if (record.spanContext !== undefined) {
    const context = cleanSpanContext(redactor, record.spanContext);
    if (context !== record.spanContext) record.spanContext = context;
  }
};

const blank = (record: ReadWriteLogRecord): void => {
  Object.defineProperty(record, 'body', { value: '[REDACTED:failed]', configurable: true });
  Object.defineProperty(record, 'attributes', { value: {}, configurable: true });
};

/**
 * Gives a log record processor that cleans body, attributes and event name of every record. It must be registered first:
 * processors that stand before it still see the raw record.
 */
export const redactingLogProcessor = (redactor: Redactor): LogRecordProcessor => ({
  onEmit: (record) => {
    const cleaned = guard('redaction.log', () => {
      cleanRecord(redactor, record);
      return true;
    });
    if (cleaned !== true) guard('redaction.log.blank', () => blank(record));
  },
  forceFlush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
});
