import { AwsEventStreamParser } from '../aws-event-stream.ts';
import type { ResponseReader } from '../dialect.ts';
import { JsonArrayParser } from '../json-array-stream.ts';

const tell = (reader: ResponseReader, text: string): void => {
  try {
    reader.event(JSON.parse(text));
  } catch {
    // What is not JSON is the client's to complain about.
  }
};

/** Reads a stream whose events a parser cuts out, as its bytes go by. */
class ParsedTap {
  readonly terminated = false;
  readonly #parser: { push(bytes: Uint8Array): void };
  #events = 0;

  constructor(reader: ResponseReader, parser: (found: (data: string) => void) => { push(bytes: Uint8Array): void }) {
    this.#parser = parser((data) => {
      this.#events++;
      tell(reader, data);
    });
  }

  /** Takes the next bytes; gives the number of events that they completed. */
  push(bytes: Uint8Array): number {
    this.#events = 0;
    this.#parser.push(bytes);
    return this.#events;
  }

  /** Nothing is left over: an event that is not whole holds no facts. */
  end(): number {
    return 0;
  }
}

/** Gives what reads an AWS binary event stream. */
export const binaryTap = (reader: ResponseReader): ParsedTap => new ParsedTap(reader, (found) => new AwsEventStreamParser(({ data }) => found(data)));

/** Gives what reads a stream that is one JSON array. */
export const arrayTap = (reader: ResponseReader): ParsedTap => new ParsedTap(reader, (found) => new JsonArrayParser(found));

/** Longest line that is kept, in UTF-16 units. */
const LONGEST = 16 * 1024 * 1024;

/** Reads a stream of JSON lines as its bytes go by. */
export class LinesTap {
  readonly terminated = false;
  readonly #reader: ResponseReader;
  readonly #decoder = new TextDecoder('utf-8');
  #rest = '';

  constructor(reader: ResponseReader) {
    this.#reader = reader;
  }

  /** Takes the next bytes; gives the number of events that they completed. */
  push(bytes: Uint8Array): number {
    const lines = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split('\n');
    const rest = lines.pop() ?? '';
    this.#rest = rest.length > LONGEST ? '' : rest;
    return this.#tell(lines);
  }

  /** Takes a last line that has no line feed. */
  end(): number {
    const rest = this.#rest + this.#decoder.decode();
    this.#rest = '';
    return this.#tell([rest]);
  }

  #tell(lines: readonly string[]): number {
    let events = 0;
    for (const line of lines) {
      if (line.trim() === '') continue;
      events++;
      tell(this.#reader, line);
    }
    return events;
  }
}
