/** Strings up to this length are written byte by byte, which costs less than a call into native code. */
const SHORT = 48;

const HALF = 2 ** 32;

/**
 * Writes protobuf backwards into one growing buffer, so that the length of a nested message is known when it is written.
 * @source https://protobuf.dev/programming-guides/encoding/
 */
export class BackwardWriter {
  #bytes = Buffer.allocUnsafe(16_384);
  #at = this.#bytes.length;

  /** How many bytes are written. */
  get length(): number {
    return this.#bytes.length - this.#at;
  }

  /** Gives what was written. */
  finish(): Buffer {
    return this.#bytes.subarray(this.#at);
  }

  /** Gives a copy of what was written since the length was `before`. */
  since(before: number): Uint8Array {
    return Uint8Array.prototype.slice.call(this.#bytes, this.#at, this.#bytes.length - before);
  }

  /** Writes bytes that are encoded already. */
  bytes(block: Uint8Array): void {
    const at = this.#reserve(block.length);
    this.#bytes.set(block, at);
  }

  varint(value: number): void {
    if (value > 0x7fffffff) return this.bigVarint(BigInt(value));
    let size = 1;
    for (let rest = value >>> 7; rest > 0; rest >>>= 7) size += 1;
    let at = this.#reserve(size);
    let rest = value;
    for (; size > 1; size -= 1, at += 1, rest >>>= 7) this.#bytes[at] = (rest & 0x7f) | 0x80;
    this.#bytes[at] = rest;
  }

  bigVarint(value: bigint): void {
    const digits: number[] = [];
    let rest = BigInt.asUintN(64, value);
    do {
      digits.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
      rest >>= 7n;
    } while (rest > 0n);
    const at = this.#reserve(digits.length);
    for (let index = 0; index < digits.length; index += 1) this.#bytes[at + index] = digits[index] ?? 0;
  }

  fixed64(value: string | number): void {
    const at = this.#reserve(8);
    this.#bytes.writeBigUInt64LE(BigInt(value), at);
  }

  /** Writes a time in nanoseconds as a fixed 64-bit number; `ms` is milliseconds since the epoch with a fraction, of which three digits are kept. */
  nanos(ms: number): void {
    const at = this.#reserve(8);
    // In two halves: nanoseconds since the epoch are more than a number holds exactly.
    const micros = Math.round(ms * 1000);
    const high = Math.floor(micros / HALF);
    const low = (micros - high * HALF) * 1000;
    const carry = Math.floor(low / HALF);
    this.#bytes.writeUInt32LE(low - carry * HALF, at);
    this.#bytes.writeUInt32LE(high * 1000 + carry, at + 4);
  }

  fixed32(value: number): void {
    const at = this.#reserve(4);
    this.#bytes.writeUInt32LE(value, at);
  }

  double(value: number): void {
    const at = this.#reserve(8);
    this.#bytes.writeDoubleLE(value, at);
  }

  string(value: string): void {
    if (value.length <= SHORT && this.#ascii(value)) return this.varint(value.length);
    const size = Buffer.byteLength(value);
    const at = this.#reserve(size);
    this.#bytes.write(value, at, size, 'utf8');
    this.varint(size);
  }

  hex(value: string): void {
    const size = value.length >> 1;
    const at = this.#reserve(size);
    this.#bytes.write(value, at, size, 'hex');
    this.varint(size);
  }

  /** Writes a short string of ASCII; gives false, with nothing written, when it is none. */
  #ascii(value: string): boolean {
    const size = value.length;
    const at = this.#reserve(size);
    const bytes = this.#bytes;
    for (let index = 0; index < size; index += 1) {
      const code = value.charCodeAt(index);
      if (code > 0x7f) {
        this.#at += size;
        return false;
      }
      bytes[at + index] = code;
    }
    return true;
  }

  #reserve(size: number): number {
    if (this.#at < size) this.#grow(size);
    this.#at -= size;
    return this.#at;
  }

  #grow(size: number): void {
    const used = this.length;
    const next = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, used + size + 1024));
    this.#bytes.copy(next, next.length - used, this.#at);
    this.#bytes = next;
    this.#at = next.length - used;
  }
}
