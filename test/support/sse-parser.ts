/** One event of an event stream. */
export interface SseEvent {
  /** The `event` field, or `message`. */
  readonly event: string;
  /** The `data` lines, joined by line feeds. */
  readonly data: string;
}

const BOM = 0xfeff;

// Carriage returns are rare: they are looked for only up to the next line feed.
const nextEnd = (text: string, from: number): number => {
  const lf = text.indexOf('\n', from);
  const cr = (lf < 0 ? text : text.slice(from, lf)).indexOf('\r', lf < 0 ? from : 0);
  if (cr < 0) return lf;
  return lf < 0 ? cr : from + cr;
};

/**
 * Cuts an event stream into events, from pieces of bytes of any size: characters may be split, lines may end in CRLF, LF or CR, data may have
 * several lines. Comments, ids and retry times are passed over.
 * @source html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export class SseParser {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  readonly #onEvent: (event: SseEvent) => void;
  /** Longest line or event that is kept, in UTF-16 units; what exceeds it is dropped, for it holds no facts. */
  readonly #most: number;
  #rest = '';
  #data: string | undefined = undefined;
  #event = '';
  #started = false;
  #afterCr = false;

  /** @param most longest line or event that is kept, in UTF-16 units */
  constructor(onEvent: (event: SseEvent) => void, most = 32 * 1024 * 1024) {
    this.#onEvent = onEvent;
    this.#most = most;
  }

  /** Takes the next piece. */
  push(bytes: Uint8Array): void {
    this.#text(this.#decoder.decode(bytes, { stream: true }));
  }

  /** Ends the stream. An event without its blank line is handed out too: hosts that cut it still sent it. */
  end(): void {
    this.#text(this.#decoder.decode());
    if (this.#rest !== '') this.#line(this.#rest);
    this.#rest = '';
    this.#dispatch();
  }

  #text(piece: string): void {
    let text = piece;
    if (text === '') return;
    if (!this.#started) {
      this.#started = true;
      if (text.charCodeAt(0) === BOM) text = text.slice(1);
    }
    // A line feed that begins a piece may belong to the carriage return that ended the last one.
    if (this.#afterCr && text.charCodeAt(0) === 10) text = text.slice(1);
    if (text !== '') this.#afterCr = false;
    this.#lines(text);
  }

  // Lines end in CR, LF or both. What is left of the last piece has no line end, so only the new one is searched.
  #lines(text: string): void {
    let from = 0;
    for (let to = nextEnd(text, 0); to >= 0; to = nextEnd(text, from)) {
      const line = text.slice(from, to);
      this.#line(this.#rest === '' ? line : this.#rest + line);
      this.#rest = '';
      from = to + 1;
      if (text.charCodeAt(to) !== 13) continue;
      if (text.charCodeAt(from) === 10) from++;
      else if (from === text.length) this.#afterCr = true;
    }
    if (this.#rest.length + text.length - from > this.#most) this.#rest = '';
    else this.#rest += from === 0 ? text : text.slice(from);
  }

  #line(line: string): void {
    if (line === '') this.#dispatch();
    else if (line.startsWith('data:')) this.#add(line.slice(line.charCodeAt(5) === 32 ? 6 : 5));
    else if (line.startsWith('event:')) this.#event = line.slice(line.charCodeAt(6) === 32 ? 7 : 6);
    else if (line === 'data') this.#add('');
  }

  #add(text: string): void {
    if (this.#data === undefined) this.#data = text;
    else if (this.#data.length + text.length < this.#most) this.#data += `\n${text}`;
  }

  #dispatch(): void {
    const data = this.#data;
    const event = this.#event;
    this.#data = undefined;
    this.#event = '';
    if (data !== undefined) this.#onEvent({ event: event === '' ? 'message' : event, data });
  }
}
