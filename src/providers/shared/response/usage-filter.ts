import { BLANK_LINES, lastEventEnd } from './event-end.ts';

const raw = (bytes: Uint8Array): string => (Buffer.prototype as unknown as { latin1Slice(this: Uint8Array): string }).latin1Slice.call(bytes);

/** The app reads plain bytes of their own memory, as the platform gives them; what is a Buffer of a shared pool behaves otherwise. */
const bytesOf = (text: string): Uint8Array => {
  const bytes = new Uint8Array(text.length);
  Buffer.from(bytes.buffer).write(text, 'latin1');
  return bytes;
};

const EMPTY_USAGE = /,"usage":\s?null|"usage":\s?null,/g;
const DATA = /^data: ?\{/m;

/** No chunk with usage alone comes near this; what does not end by then is passed on as it is. */
const MOST_HELD = 64 * 1024;

/** Whether an event is the one that carries nothing but the usage that was asked for. */
const isUsageEvent = (event: string): boolean =>
  DATA.test(event) && /"choices":\s?\[\]/.test(event) && /"usage":\s?\{/.test(event) && !event.includes('"prompt_filter_results"');

const cleanEvent = (event: string): string => {
  if (!event.includes('"usage":')) return event;
  return isUsageEvent(event) ? '' : event.replace(EMPTY_USAGE, '');
};

/** Cleans event by event, so that no more than the one that was asked for is ever taken out. */
const clean = (block: string): string => {
  let out = '';
  let at = 0;
  for (const { index, 0: end } of block.matchAll(BLANK_LINES)) {
    out += cleanEvent(block.slice(at, index + end.length));
    at = index + end.length;
  }
  return out + cleanEvent(block.slice(at));
};

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
    const whole = lastEventEnd(text);
    const end = text.length - whole > MOST_HELD ? text.length : whole;
    this.#carry = end === text.length ? '' : text.slice(end);
    if (end === 0) return undefined;
    const complete = text.slice(0, end);
    const kept = complete.includes('"usage":') ? clean(complete) : complete;
    if (kept === complete && held === '' && this.#carry === '') return bytes;
    return kept === '' ? undefined : bytesOf(kept);
  }

  /** Gives what was held back when the stream ends without a last blank line. */
  flush(): Uint8Array | undefined {
    const rest = this.#carry;
    this.#carry = '';
    return rest === '' ? undefined : bytesOf(clean(rest));
  }
}
