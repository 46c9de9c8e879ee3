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

/** Where in `text` the event ends that `carry` began, or 0; neither holds a carriage return. */
const firstEventEnd = (carry: string, text: string): number => {
  if (carry.endsWith('\n') && text.startsWith('\n')) return 1;
  const blank = text.indexOf('\n\n');
  return blank < 0 ? 0 : blank + 2;
};

/** The data of one event whose lines end in any way; `undefined` when it has none. */
const joinedData = (event: string): string | undefined => {
  let data: string | undefined;
  for (const line of event.split(/\r\n|\n|\r/)) {
    if (!line.startsWith('data:')) continue;
    const value = line.charCodeAt(5) === 32 ? line.slice(6) : line.slice(5);
    data = data === undefined ? value : `${data}\n${value}`;
  }
  return data;
};

/** Where the value of a line begins when the line is a `data` field, or 0; `at` is where the line begins. */
const valueFrom = (text: string, at: number): number => {
  // Compared by character code: this runs for every line of every stream.
  if (text.charCodeAt(at) !== 100 || text.charCodeAt(at + 1) !== 97 || text.charCodeAt(at + 4) !== 58) return 0;
  return text.charCodeAt(at + 5) === 32 ? at + 6 : at + 5;
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
    const text = latin1(bytes);
    const carry = this.#carry;
    if (carry === '') return this.#from(text, 0);
    if (carry.includes('\r') || text.includes('\r')) return this.#from(carry + text, 0);
    // Only the event that the last piece began is put together.
    const cut = firstEventEnd(carry, text);
    if (cut === 0) {
      this.#keep(carry + text);
      return 0;
    }
    const first = carry + text.slice(0, cut);
    return this.#take(first, 0, first.length) + this.#from(text, cut);
  }

  /** Takes text that is complete: the last event may lack its blank line. */
  end(): number {
    const rest = this.#carry;
    this.#carry = '';
    return rest.trim() === '' ? 0 : this.#take(rest, 0, rest.length);
  }

  #keep(rest: string): void {
    this.#carry = rest.length > CARRY_LIMIT ? '' : rest;
  }

  /** Takes the events that are complete from `start` on, and keeps the rest. */
  #from(text: string, start: number): number {
    const end = Math.max(start, lastEventEnd(text));
    this.#keep(end === text.length ? '' : text.slice(end));
    return end === start ? 0 : this.#take(text, start, end);
  }

  #take(text: string, start: number, end: number): number {
    // Streams with carriage returns are rare enough to be cut the slow way.
    if (text.includes('\r')) return this.#slowly(text.slice(start, end));
    let events = 0;
    let data: string | undefined;
    for (let at = start; at < end;) {
      const from = valueFrom(text, at);
      const next = from > 0 && data === undefined ? this.#skip(text, from) : -1;
      if (next >= 0) {
        events++;
        at = next;
        continue;
      }
      const newline = text.indexOf('\n', at);
      const stop = newline < 0 ? end : newline;
      if (stop > at) {
        if (from > 0) data = data === undefined ? text.slice(from, stop) : `${data}\n${text.slice(from, stop)}`;
      } else if (data !== undefined) {
        events++;
        this.#event(data);
        data = undefined;
      }
      at = stop + 1;
    }
    if (data === undefined) return events;
    this.#event(data);
    return events + 1;
  }

  /** Gives where the next event begins, when this one is a plain delta that its reader knows at a glance, else -1. */
  #skip(text: string, from: number): number {
    if (this.#everyEvent || this.#reader.skip === undefined) return -1;
    const end = this.#reader.skip(text, from);
    return end < 0 ? -1 : end + 2;
  }

  #slowly(block: string): number {
    let events = 0;
    for (const event of block.split(/\r\n\r\n|\n\n|\r\r/)) {
      const data = joinedData(event);
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
