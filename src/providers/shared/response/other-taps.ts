import { AwsEventStreamParser } from '../aws-event-stream.ts';
import type { ResponseReader } from '../dialect.ts';

const tell = (reader: ResponseReader, text: string): void => {
  try {
    reader.event(JSON.parse(text));
  } catch {
    // What is not JSON is the client's to complain about.
  }
};

/** Reads an AWS binary event stream as its bytes go by. */
export class BinaryTap {
  readonly terminated = false;
  readonly #parser: AwsEventStreamParser;
  #events = 0;

  constructor(reader: ResponseReader) {
    this.#parser = new AwsEventStreamParser(({ data }) => {
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

  /** Nothing is left over: a message that is not whole holds no facts. */
  end(): number {
    return 0;
  }
}

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
