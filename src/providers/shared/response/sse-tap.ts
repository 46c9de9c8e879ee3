import type { ResponseReader } from '../dialect.ts';
import { Carry } from './carry.ts';
import { BLANK_LINES, firstEventEnd, lastEventEnd } from './event-end.ts';

const { latin1Slice } = Buffer.prototype as unknown as { latin1Slice(this: Uint8Array, from: number, to: number): string };

const latin1 = (bytes: Uint8Array, from: number, to = bytes.length): string => latin1Slice.call(bytes, from, to);

/** Turns text whose code units are raw bytes into what those bytes spell in UTF-8. */
const utf8 = (raw: string): string => Buffer.from(raw, 'latin1').toString('utf8');

/** A byte order mark as Latin-1, which a stream may begin with. @source html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream */
const MARK = '\u00EF\u00BB\u00BF';

/** How many events of a piece that are no plain deltas are looked at one by one. */
const MOST_OTHERS = 3;

const LF = 10;

/** Where the event ends that begins at `from`, or 0. */
const eventEnd = (bytes: Uint8Array, from: number): number => {
  const end = bytes.indexOf(LF, from) + 1;
  return end > 0 && bytes[end] === LF ? end + 1 : 0;
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
 * Reads an event stream as its bytes go by, in pieces of any size. Plain deltas are passed by as they are, other bytes are looked at as Latin-1, which
 * is nearly free, and only events that may hold a fact are decoded and parsed.
 */
export class SseTap {
  readonly #reader: ResponseReader;
  readonly #everyEvent: boolean;
  readonly #carry = new Carry();
  #begun = false;
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
    if (this.#carry.isEmpty) return this.#whole(bytes, 0);
    const text = latin1(bytes, 0);
    // Only the event that the last piece began is put together.
    const { tail } = this.#carry;
    const end = firstEventEnd(tail === '' ? text : tail + text);
    if (end === 0) {
      this.#carry.add(text);
      return 0;
    }
    const cut = end - tail.length;
    const first = this.#carry.take() + text.slice(0, cut);
    return this.#take(first, first.length) + this.#whole(bytes, cut);
  }

  /** Takes text that is complete: the last event may lack its blank line. */
  end(): number {
    const rest = this.#carry.take();
    return rest.trim() === '' ? 0 : this.#take(rest, rest.length);
  }

  /** Takes bytes from the beginning of an event on. */
  #whole(bytes: Uint8Array, start: number): number {
    const { skip } = this.#reader;
    if (this.#everyEvent || skip === undefined) return start === bytes.length ? 0 : this.#from(latin1(bytes, start));
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let events = 0;
    let at = start;
    // Others are few, at the beginning and the end of a stream; where they are not, all that is left is looked at together.
    for (let others = 0; ; others++) {
      for (let next = skip.call(this.#reader, view, at); next > 0; next = skip.call(this.#reader, view, at)) {
        events++;
        at = next;
      }
      if (at === bytes.length) return events;
      const end = others < MOST_OTHERS ? eventEnd(bytes, at) : 0;
      if (end === 0) return events + this.#from(latin1(bytes, at));
      events += this.#take(latin1(bytes, at, end), end - at);
      at = end;
    }
  }

  /** Takes the events that are complete, and keeps the rest. */
  #from(text: string): number {
    const end = lastEventEnd(text);
    if (end < text.length) this.#carry.add(text.slice(end));
    return end === 0 ? 0 : this.#take(text, end);
  }

  #take(text: string, end: number): number {
    // Streams with carriage returns are rare enough to be cut the slow way.
    const begin = this.#begin(text);
    if (text.includes('\r')) return this.#slowly(text.slice(begin, end));
    let events = 0;
    let data: string | undefined;
    for (let at = begin; at < end;) {
      const newline = text.indexOf('\n', at);
      const stop = newline < 0 ? end : newline;
      if (stop > at) {
        const from = valueFrom(text, at);
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

  /** Where the first line begins. */
  #begin(text: string): number {
    if (this.#begun) return 0;
    this.#begun = true;
    return text.startsWith(MARK) ? MARK.length : 0;
  }

  #slowly(block: string): number {
    let events = 0;
    for (const event of block.split(BLANK_LINES)) {
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
