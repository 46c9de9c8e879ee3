import type { ResponseReader } from '../dialect.ts';

const latin1 = (bytes: Uint8Array): string => (Buffer.prototype as unknown as { latin1Slice(this: Uint8Array): string }).latin1Slice.call(bytes);

/** Turns text whose code units are raw bytes into what those bytes spell in UTF-8. */
const utf8 = (raw: string): string => Buffer.from(raw, 'latin1').toString('utf8');

/** No dialect sends single events beyond this; a body that never ends an event is not an event stream. */
const CARRY_LIMIT = 16 * 1024 * 1024;

/** Where the last complete event of `text` ends, or 0. */
const lastEventEnd = (text: string): number => {
  const lf = text.lastIndexOf('\n\n');
  let end = lf < 0 ? 0 : lf + 2;
  if (text.includes('\r')) {
    const crlf = text.lastIndexOf('\r\n\r\n');
    if (crlf >= 0 && crlf + 4 > end) end = crlf + 4;
    const cr = text.lastIndexOf('\r\r');
    if (cr >= 0 && cr + 2 > end) end = cr + 2;
  }
  return end;
};

/** The data of one event whose data stands on several lines or behind other fields; `undefined` when it has none. */
const joinedData = (event: string): string | undefined => {
  let data: string | undefined;
  for (const line of event.split(/\r\n|\n|\r/)) {
    if (!line.startsWith('data:')) continue;
    const value = line.charCodeAt(5) === 32 ? line.slice(6) : line.slice(5);
    data = data === undefined ? value : `${data}\n${value}`;
  }
  return data;
};

/** The data of one event. Nearly all are one line of data, alone or behind the event's name. */
const dataOf = (event: string): string | undefined => {
  const at = event.startsWith('data:') ? 0 : event.indexOf('\ndata:') + 1;
  if (at === 0 && !event.startsWith('data:')) return joinedData(event);
  const from = at + (event.charCodeAt(at + 5) === 32 ? 6 : 5);
  const newline = event.indexOf('\n', from);
  return newline < 0 && !event.includes('\r') ? event.slice(from) : joinedData(event);
};

/**
 * Reads an event stream as its bytes go by, in pieces of any size. Bytes are looked at as Latin-1, which is free;
 * only events that may hold a fact are decoded and parsed.
 */
export class SseTap {
  readonly #reader: ResponseReader;
  readonly #everyEvent: boolean;
  #carry = '';
  #terminated = false;

  /** @param everyEvent whether deltas are read too, for content or for meters */
  constructor(reader: ResponseReader, everyEvent: boolean) {
    this.#reader = reader;
    this.#everyEvent = everyEvent;
  }

  /** True once the stream said that it is over. */
  get terminated(): boolean {
    return this.#terminated;
  }

  /** Takes the next bytes; gives the number of events that they completed. Never throws. */
  push(bytes: Uint8Array): number {
    const text = this.#carry === '' ? latin1(bytes) : this.#carry + latin1(bytes);
    return this.#take(text, lastEventEnd(text));
  }

  /** Takes text that is complete: the last event may lack its blank line. */
  end(): number {
    const rest = this.#carry;
    this.#carry = '';
    return rest.trim() === '' ? 0 : this.#take(rest, rest.length);
  }

  #take(text: string, end: number): number {
    this.#carry = end === text.length ? '' : text.length - end > CARRY_LIMIT ? '' : text.slice(end);
    if (end === 0) return 0;
    let events = 0;
    for (let at = 0; at < end; ) {
      const lf = text.indexOf('\n\n', at);
      // Streams with carriage returns are rare enough to be cut the slow way.
      if (lf < 0 || lf + 2 > end || text.lastIndexOf('\r', end) >= at) return events + this.#slowly(text.slice(at, end));
      const data = dataOf(text.slice(at, lf));
      at = lf + 2;
      if (data === undefined) continue;
      events++;
      this.#event(data);
    }
    return events;
  }

  #slowly(block: string): number {
    let events = 0;
    for (const event of block.split(/\r\n\r\n|\n\n|\r\r/)) {
      const data = dataOf(event);
      if (data === undefined) continue;
      events++;
      this.#event(data);
    }
    return events;
  }

  #event(data: string): void {
    if (data === '[DONE]') {
      this.#terminated = true;
      this.#reader.event(data);
      return;
    }
    if (!this.#everyEvent && !this.#reader.wants(data)) return;
    try {
      this.#reader.event(JSON.parse(utf8(data)));
    } catch {
      // What is not JSON is the SDK's to complain about.
    }
  }
}
