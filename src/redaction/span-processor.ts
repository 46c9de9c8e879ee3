import type { Attributes, Link, SpanContext, SpanStatus } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import { guard } from '../base/diag.ts';
import type { RedactionPlace, Redactor } from '../call/redactor.ts';
import { cleanAttributes, cleanedAttributes } from './attributes.ts';
import { isContentEvent } from './content-keys.ts';
import { cleanSpanContext } from './trace-state.ts';

/** What a span of the SDK looks like to one who may still write to it after its end. */
interface OpenSpan {
  name: string;
  status: SpanStatus;
  attributes: Record<string, unknown>;
  readonly events: { name: string; attributes?: Attributes }[];
  readonly links: Link[];
  spanContext(): SpanContext;
}

const cleanEvents = (redactor: Redactor, span: OpenSpan): void => {
  for (let i = 0; i < span.events.length; i++) {
    const event = span.events[i];
    if (event === undefined) continue;
    const place: RedactionPlace = isContentEvent(event.name) ? 'content' : 'event';
    const name = redactor.text(event.name, 'event');
    const attributes = event.attributes === undefined ? undefined : cleanedAttributes(redactor, event.attributes, place);
    if (name === event.name && attributes === event.attributes) continue;
    span.events[i] = { ...event, name, ...(attributes === undefined ? {} : { attributes }) };
  }
};

const cleanLinks = (redactor: Redactor, span: OpenSpan): void => {
  for (let i = 0; i < span.links.length; i++) {
    const link = span.links[i];
    if (link === undefined) continue;
    const attributes = link.attributes === undefined ? undefined : cleanedAttributes(redactor, link.attributes, 'link');
    const context = cleanSpanContext(redactor, link.context);
    if (attributes === link.attributes && context === link.context) continue;
    span.links[i] = { ...link, context, ...(attributes === undefined ? {} : { attributes }) };
  }
};

const cleanSpan = (redactor: Redactor, span: OpenSpan): void => {
  const name = redactor.text(span.name, 'span_name');
  if (name !== span.name) span.name = name;
  cleanAttributes(redactor, span.attributes, 'attribute');
  const { message } = span.status;
  if (message !== undefined) {
    const cleaned = redactor.text(message, 'status');
    if (cleaned !== message) span.status = { ...span.status, message: cleaned };
  }
  if (span.events.length > 0) cleanEvents(redactor, span);
  if (span.links.length > 0) cleanLinks(redactor, span);
  const context = span.spanContext();
  const cleanedContext = cleanSpanContext(redactor, context);
  // The context itself is shared with the span's children, so the span gets a method of its own.
  if (cleanedContext !== context) Object.defineProperty(span, 'spanContext', { value: () => cleanedContext, configurable: true });
};

/** Empties a span that could not be cleaned, so that nothing unseen leaves. */
const blank = (span: OpenSpan): void => {
  for (const [key, value] of Object.entries({ name: '[REDACTED:failed]', attributes: {}, events: [], links: [], status: { code: span.status.code } }))
    Object.defineProperty(span, key, { value, configurable: true, writable: true });
};

/**
 * Gives a span processor that cleans every span at its end: name, attributes, events, links, status and trace state, whichever
 * library made it. It must be registered first: processors that stand before it still see the raw span.
 */
export const redactingSpanProcessor = (redactor: Redactor): SpanProcessor => ({
  onStart: () => {},
  onEnd: (readable: ReadableSpan) => {
    const span = readable as unknown as OpenSpan;
    const cleaned = guard('redaction.span', () => {
      cleanSpan(redactor, span);
      return true;
    });
    if (cleaned !== true) guard('redaction.span.blank', () => blank(span));
  },
  forceFlush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
});
