const raw = (bytes: Uint8Array): string => (Buffer.prototype as unknown as { latin1Slice(this: Uint8Array): string }).latin1Slice.call(bytes);

const EMPTY_USAGE = /,"usage":\s?null|"usage":\s?null,/g;
const LF = /^data: ?(?=\{)/;

/** Whether an event is the one that carries nothing but the usage that was asked for. */
const isUsageEvent = (event: string): boolean =>
  LF.test(event) && /"choices":\s?\[\]/.test(event) && /"usage":\s?\{/.test(event) && !event.includes('"prompt_filter_results"');

/**
 * Takes out of a Chat Completions stream what is only there because usage was asked for on the app's behalf: the last chunk with its
 * empty `choices`, and the `"usage":null` of the others. Everything else passes byte for byte. Works on raw bytes as Latin-1:
 * inside a JSON string the quotes of `"usage":null` would be escaped, so the match cannot hit text.
 */
export class UsageFilter {
  #carry = '';

  /** Takes the next bytes; gives those that may go to the app now, perhaps none, the same object when nothing was held or taken out. */
  push(bytes: Uint8Array): Uint8Array | undefined {
    const held = this.#carry;
    const text = held === '' ? raw(bytes) : held + raw(bytes);
    const end = text.lastIndexOf('\n\n');
    if (end < 0) {
      this.#carry = text;
      return undefined;
    }
    const complete = text.slice(0, end + 2);
    this.#carry = text.slice(end + 2);
    if (!complete.includes('"usage":')) return held === '' && this.#carry === '' ? bytes : Buffer.from(complete, 'latin1');
    const kept = this.#clean(complete);
    return kept === '' ? undefined : Buffer.from(kept, 'latin1');
  }

  /** Gives what was held back when the stream ends without a last blank line. */
  flush(): Uint8Array | undefined {
    const rest = this.#carry;
    this.#carry = '';
    return rest === '' ? undefined : Buffer.from(isUsageEvent(rest) ? '' : rest.replace(EMPTY_USAGE, ''), 'latin1');
  }

  #clean(block: string): string {
    let out = '';
    for (let at = 0; at < block.length;) {
      const end = block.indexOf('\n\n', at) + 2;
      const event = block.slice(at, end);
      at = end;
      if (isUsageEvent(event)) continue;
      out += event.includes('"usage":') ? event.replace(EMPTY_USAGE, '') : event;
    }
    return out;
  }
}
