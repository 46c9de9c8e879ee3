import type { UnpricedReason } from '../call/cost.ts';
import type { Outcome } from '../call/outcome.ts';
import type { UsageBuckets } from '../call/usage.ts';
import type { LedgerRecord } from './ledger-record.ts';

const ZERO = 48;
const NINE = 57;
const QUOTE = 34;
const BACKSLASH = 92;
const NEWLINE = 10;
/** Bytes from here on are parts of letters. */
const BEYOND_ASCII = 128;
/** More digits than a plain number holds exactly. */
const MOST_DIGITS = 15;

/**
 * Reads the lines of calls in the very form in which `RecordEncoder` writes them, several times as fast as a parser of any JSON. What is not in
 * that form, such as a text with an escape or a letter beyond ASCII in it, is left to that parser.
 */
export class RecordScanner {
  readonly #bytes: Uint8Array;
  /** The same, one letter for each byte, so that places in it are places in the bytes. */
  readonly #text: string;
  #at = 0;
  #failed = false;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#text = bytes.toString('latin1');
  }

  /** The end of the line that was read last: the place of its line break, or the end of the bytes. */
  get end(): number {
    return this.#at;
  }

  /** Reads the line that begins at `start`; `undefined` where it has another form. */
  read(start: number): LedgerRecord | undefined {
    this.#at = start;
    this.#failed = false;
    if (!this.#skip('{"t":')) return undefined;
    const t = this.#number();
    this.#need(',"ms":');
    const ms = this.#number();
    this.#need(',"id":"');
    const id = this.#word();
    this.#need(',"in":');
    const context = this.#number();
    this.#need(',"outcome":"');
    const outcome = this.#skip('completed"') ? 'completed' : (this.#word() as Outcome['kind']);
    const nano = this.#skipField(',"nano":', 2) ? this.#number() : undefined;
    const unpriced = nano === undefined && this.#skipField(',"unpriced":"', 2) ? (this.#word() as UnpricedReason) : undefined;
    const usage = this.#skipField(',"usage":{', 2) ? this.#usage() : undefined;
    const error = this.#maybeWord(',"error":"');
    const rule = this.#maybeWord(',"rule":"');
    const attempts = this.#skipField(',"attempts":', 2) ? this.#number() : undefined;
    const user = this.#maybeWord(',"user":"');
    this.#need('}');
    const next = this.#bytes[this.#at];
    if (this.#failed || (next !== undefined && next !== NEWLINE)) return undefined;
    return { t, ms, id, in: context, outcome, nano, unpriced, usage, error, rule, attempts, user } as LedgerRecord;
  }

  // Most of what may be there is not: one letter tells, the third of `,"error":` or the second of `"input":`.
  #skipField(literal: string, letter: 1 | 2): boolean {
    return this.#bytes[this.#at + letter] === literal.charCodeAt(letter) && this.#skip(literal);
  }

  #skip(literal: string): boolean {
    const at = this.#at;
    for (let index = 0; index < literal.length; index += 1) if (this.#bytes[at + index] !== literal.charCodeAt(index)) return false;
    this.#at = at + literal.length;
    return true;
  }

  #need(literal: string): void {
    if (!this.#skip(literal)) this.#failed = true;
  }

  #number(): number {
    const start = this.#at;
    let at = start;
    let value = 0;
    for (;;) {
      const code = this.#bytes[at] ?? 0;
      if (code < ZERO || code > NINE) break;
      value = value * 10 + (code - ZERO);
      at += 1;
    }
    this.#at = at;
    if (at === start || at - start > MOST_DIGITS) this.#failed = true;
    return value;
  }

  /** A text without escapes, up to its quote. */
  #word(): string {
    const start = this.#at;
    let at = start;
    for (;;) {
      const code = this.#bytes[at] ?? BEYOND_ASCII;
      if (code === QUOTE) break;
      if (code === BACKSLASH || code >= BEYOND_ASCII) {
        this.#failed = true;
        return '';
      }
      at += 1;
    }
    this.#at = at + 1;
    return this.#text.slice(start, at);
  }

  #maybeWord(literal: string): string | undefined {
    return this.#skipField(literal, 2) ? this.#word() : undefined;
  }

  // By name, in the order in which they are written: an object whose form is always the same is made in no time.
  #usage(): Partial<UsageBuckets> {
    const usage = {
      input: this.#bucket('"input":'),
      cacheRead: this.#bucket('"cacheRead":'),
      cacheWrite5m: this.#bucket('"cacheWrite5m":'),
      cacheWrite1h: this.#bucket('"cacheWrite1h":'),
      audioInput: this.#bucket('"audioInput":'),
      audioCacheRead: this.#bucket('"audioCacheRead":'),
      imageInput: this.#bucket('"imageInput":'),
      imageCacheRead: this.#bucket('"imageCacheRead":'),
      output: this.#bucket('"output":'),
      reasoning: this.#bucket('"reasoning":'),
      audioOutput: this.#bucket('"audioOutput":'),
      imageOutput: this.#bucket('"imageOutput":'),
    } satisfies Record<keyof UsageBuckets, number | undefined>;
    this.#need('}');
    return usage as Partial<UsageBuckets>;
  }

  #bucket(literal: string): number | undefined {
    if (!this.#skipField(literal, 1)) return undefined;
    const value = this.#number();
    this.#skip(',');
    return value;
  }
}
