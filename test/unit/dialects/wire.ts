import { readFileSync } from 'node:fs';
import type { Dialect } from '../../../src/call/call.ts';
import type { ReadFacts, ResponseReader } from '../../../src/providers/shared/dialect.ts';
import { readerOf } from '../../../src/providers/shared/dialects.ts';
import { SseParser } from '../../support/sse-parser.ts';

/** Gives the data of the events in one of the project's own fixtures. */
export const eventsOf = (file: string): readonly string[] => {
  const events: string[] = [];
  const parser = new SseParser(({ data }) => events.push(data));
  parser.push(readFileSync(new URL(`../../fixtures/wire/${file}`, import.meta.url)));
  parser.end();
  return events;
};

/** How a stream is read: as an SDK hook does, as the wire tap does, or as either does where content is captured. */
export type How = 'hook' | 'tap' | 'captured';

/** Gives `events` to a reader, up to `count` of them. */
export const give = (reader: ResponseReader, events: readonly string[], how: How, count = events.length): ReadFacts => {
  for (const data of events.slice(0, count)) {
    if (how === 'tap' && !reader.wants(data)) continue;
    // SDKs keep the terminator to themselves.
    if (data !== '[DONE]') reader.event(JSON.parse(data));
  }
  return reader.facts();
};

/** Reads a fixture. */
export const readStream = (file: string, dialect: Dialect, provider: string, how: How, count?: number): ReadFacts =>
  give(readerOf(dialect).response(provider, { captureContent: how === 'captured' }), eventsOf(file), how, count);

/** Reads a whole body. */
export const readBody = (json: unknown, dialect: Dialect, provider = 'test', captureContent = false): ReadFacts => {
  const reader = readerOf(dialect).response(provider, { captureContent });
  reader.body(json);
  return reader.facts();
};
