/** One message of an AWS event stream. */
interface AwsEvent {
  /** The event's or the exception's type. */
  readonly event: string;
  /**
   * JSON of an object with one member, named like the event and holding its payload, as the AWS SDK hands it out: `{"messageStop":{…}}`.
   * Of a `chunk`, which an invoked model's stream is made of, the JSON that the model itself sent.
   */
  readonly data: string;
}

const PRELUDE = 12;
const CHECKSUM = 4;
const MOST = 24 * 1024 * 1024;
/** Bytes of a header's value by its type; strings and byte arrays state their own. */
const VALUE_BYTES: readonly (number | undefined)[] = [0, 0, 1, 2, 4, 8, undefined, undefined, 8, 16];
const STRING = 7;

const NO_BYTES = new Uint8Array(0);

/**
 * Cuts an AWS binary event stream into messages, from pieces of any size. It watches and does not vouch: checksums are left to the client, and
 * after a length that cannot be nothing more is read.
 * @source smithy.io/2.0/aws/amazon-eventstream.html
 */
export class AwsEventStreamParser {
  readonly #decoder = new TextDecoder('utf-8');
  readonly #onEvent: (event: AwsEvent) => void;
  #pieces: Uint8Array[] = [];
  #have = 0;
  /** How many bytes the next step needs: a prelude, or a message whose length is known. */
  #need = PRELUDE;
  #broken = false;

  constructor(onEvent: (event: AwsEvent) => void) {
    this.#onEvent = onEvent;
  }

  /** Takes the next piece. */
  push(bytes: Uint8Array): void {
    if (this.#broken || bytes.length === 0) return;
    // A copy: the app owns the piece and may use it again.
    this.#pieces.push(new Uint8Array(bytes));
    this.#have += bytes.length;
    if (this.#have >= this.#need) this.#read(joined(this.#pieces, this.#have));
  }

  #read(all: Uint8Array): void {
    const view = new DataView(all.buffer, all.byteOffset, all.byteLength);
    let from = 0;
    this.#need = PRELUDE;
    while (all.length - from >= PRELUDE) {
      const total = view.getUint32(from);
      const headers = view.getUint32(from + 4);
      if (total > MOST || headers + PRELUDE + CHECKSUM > total) {
        this.#broken = true;
        this.#keep(NO_BYTES);
        return;
      }
      this.#need = total;
      if (all.length - from < total) break;
      this.#message(all.subarray(from, from + total), headers);
      from += total;
      this.#need = PRELUDE;
    }
    this.#keep(all.subarray(from));
  }

  #keep(rest: Uint8Array): void {
    this.#pieces = rest.length === 0 ? [] : [rest];
    this.#have = rest.length;
  }

  #message(message: Uint8Array, headers: number): void {
    const event = this.#type(message.subarray(PRELUDE, PRELUDE + headers));
    if (event === undefined) return;
    const payload = this.#decoder.decode(message.subarray(PRELUDE + headers, message.length - CHECKSUM));
    this.#onEvent({ event, data: (event === 'chunk' ? unwrapped(payload) : undefined) ?? `{${JSON.stringify(event)}:${payload === '' ? '{}' : payload}}` });
  }

  #type(headers: Uint8Array): string | undefined {
    let at = 0;
    while (at < headers.length) {
      const nameEnd = at + 1 + (headers[at] ?? 0);
      const name = this.#decoder.decode(headers.subarray(at + 1, nameEnd));
      const type = headers[nameEnd] ?? 0;
      const fixed = VALUE_BYTES[type];
      const length = fixed ?? ((headers[nameEnd + 1] ?? 0) << 8) + (headers[nameEnd + 2] ?? 0);
      const from = nameEnd + 1 + (fixed === undefined ? 2 : 0);
      if (type === STRING && (name === ':event-type' || name === ':exception-type')) return this.#decoder.decode(headers.subarray(from, from + length));
      at = from + length;
    }
    return undefined;
  }
}

// {"bytes":"<base64>","p":"<padding>"}
const BYTES = '"bytes":"';
const unwrapped = (payload: string): string | undefined => {
  const at = payload.indexOf(BYTES);
  const to = at < 0 ? -1 : payload.indexOf('"', at + BYTES.length);
  return to < 0 ? undefined : Buffer.from(payload.slice(at + BYTES.length, to), 'base64').toString('utf8');
};

const joined = (pieces: readonly Uint8Array[], length: number): Uint8Array => {
  const [first] = pieces;
  if (pieces.length === 1 && first !== undefined) return first;
  const all = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
};
