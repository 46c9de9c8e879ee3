import { AwsEventStreamParser } from '../aws-event-stream.ts';
import type { ResponseReader } from '../dialect.ts';
import { JsonArrayParser } from '../json-array-stream.ts';
import { Carry } from './carry.ts';

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

/** Reads a stream of JSON lines as its bytes go by. */
export class LinesTap {
  readonly #reader: ResponseReader;
  readonly #everyLine: boolean;
  readonly #decoder = new TextDecoder('utf-8');
  readonly #carry = new Carry();

  /** @param everyLine whether lines that hold no facts are read too, for content or for meters */
  constructor(reader: ResponseReader, everyLine: boolean) {
    this.#reader = reader;
    this.#everyLine = everyLine;
  }

  /** True once the stream said that it is over. */
  get terminated(): boolean {
    return this.#reader.isOver === true;
  }

  /** Takes the next bytes; gives the number of events that they completed. */
  push(bytes: Uint8Array): number {
    const text = this.#decoder.decode(bytes, { stream: true });
    const end = text.lastIndexOf('\n');
    const lines = end < 0 ? [] : (this.#carry.take() + text.slice(0, end)).split('\n');
    this.#carry.add(text.slice(end + 1));
    return this.#tell(lines);
  }

  /** Takes a last line that has no line feed. */
  end(): number {
    return this.#tell([this.#carry.take() + this.#decoder.decode()]);
  }

  #tell(lines: readonly string[]): number {
    let events = 0;
    for (const line of lines) {
      if (line.trim() === '') continue;
      events++;
      if (this.#everyLine || this.#reader.wants(line)) tell(this.#reader, line);
    }
    return events;
  }
}
