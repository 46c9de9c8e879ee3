import type { BodyClass, TypedFormat } from '../detectors/typed-format.ts';
import { JUDGED, looksRandom } from './randomness.ts';

/** A key found by its prefix. */
export interface TypedMatch {
  readonly format: TypedFormat;
  /** The reason, in a few words. */
  readonly why: string;
  readonly start: number;
  readonly end: number;
}

const bodyTable = (source: string): Uint8Array => {
  const pattern = new RegExp(`[${source}]`);
  return Uint8Array.from({ length: 128 }, (_, code) => (pattern.test(String.fromCharCode(code)) ? 1 : 0));
};

const BODIES: Readonly<Record<BodyClass, Uint8Array>> = {
  token: bodyTable('A-Za-z0-9_\\-'),
  alnum: bodyTable('A-Za-z0-9'),
  hex: bodyTable('0-9a-fA-F'),
  upper: bodyTable('A-Z0-9'),
  // Its padding is looked at by itself.
  base64: bodyTable('A-Za-z0-9+/_\\-%'),
  dotted: bodyTable('A-Za-z0-9_.=\\-'),
};

const BUCKETS = 4096;
const bucketOf = (a: number, b: number, c: number): number => (a * 961 + b * 31 + c) & (BUCKETS - 1);

const DOT = 46;
const PERCENT = 37;
const EQUALS = 61;

/** Finds keys by what they begin with. */
export class TypedMatcher {
  readonly #buckets: (readonly { readonly prefix: string; readonly format: TypedFormat; readonly why: string }[] | undefined)[];
  readonly #taken = new Uint8Array(BUCKETS);

  /** @param formats in order: of two prefixes of the same length the first wins, and a longer prefix always wins over a shorter one */
  constructor(formats: readonly TypedFormat[]) {
    const buckets: { prefix: string; format: TypedFormat; why: string }[][] = Array.from({ length: BUCKETS }, () => []);
    for (const format of formats)
      for (const prefix of format.prefixes) {
        const bucket = bucketOf(prefix.charCodeAt(0), prefix.charCodeAt(1), prefix.charCodeAt(2));
        buckets[bucket]?.push({ prefix, format, why: `${format.title}, known by its first letters` });
        this.#taken[bucket] = 1;
      }
    for (const bucket of buckets) bucket.sort((a, b) => b.prefix.length - a.prefix.length);
    this.#buckets = buckets.map((bucket) => (bucket.length === 0 ? undefined : bucket));
  }

  /** Tells in a few instructions that nothing can begin here; true is only a maybe. */
  mayBegin(bytes: Uint8Array, at: number): boolean {
    return this.#taken[bucketOf(bytes[at] ?? 0, bytes[at + 1] ?? 0, bytes[at + 2] ?? 0)] === 1;
  }

  /** Tells whether the letters of a key stand at `at` with room for its body behind them; true is only a maybe. */
  opensAt(text: string, at: number): boolean {
    const bucket = this.#buckets[bucketOf(text.charCodeAt(at), text.charCodeAt(at + 1), text.charCodeAt(at + 2))];
    if (bucket === undefined) return false;
    for (const { prefix, format } of bucket) if (text.length - at >= prefix.length + format.min && text.startsWith(prefix, at)) return true;
    return false;
  }

  /** Gives the key that begins at `at`, or `undefined`. */
  match(text: string, at: number): TypedMatch | undefined {
    const bucket = this.#buckets[bucketOf(text.charCodeAt(at), text.charCodeAt(at + 1), text.charCodeAt(at + 2))];
    if (bucket === undefined) return undefined;
    for (const { prefix, format, why } of bucket) {
      if (!text.startsWith(prefix, at)) continue;
      const start = startBehind(text, at, format);
      if (start === undefined) continue;
      if (format.random === true && isInsideBase64(text, at, prefix)) continue;
      const bodyStart = at + prefix.length;
      if (format.random === true && isLongAndPlain(text, bodyStart, format.body)) continue;
      const end = bodyEnd(text, bodyStart, format.body);
      if (end - bodyStart < format.min) continue;
      if (format.random === true && !looksRandom(text, bodyStart, end)) continue;
      return { format, why, start, end };
    }
    return undefined;
  }
}

const PLAIN = /^[A-Za-z0-9]+$/;
/** Letters that begin a key turn up by chance in long base64: behind its punctuation they mean nothing. */
const isInsideBase64 = (text: string, at: number, prefix: string): boolean => at > 0 && '+/'.includes(text.charAt(at - 1)) && PLAIN.test(prefix);

const startBehind = (text: string, at: number, format: TypedFormat): number | undefined => {
  if (format.behind === undefined) return at;
  const literal = format.behind.find((behind) => text.endsWith(behind, at));
  return literal === undefined ? undefined : at - literal.length;
};

/** Gives the index of the first character that is none of a body, or `most`. */
const plainEnd = (text: string, start: number, body: BodyClass, most: number): number => {
  const table = BODIES[body];
  let end = start;
  for (let unit = text.charCodeAt(end); end < most && unit < 128 && table[unit] === 1; unit = text.charCodeAt(end)) {
    if (unit === PERCENT && !/^%[0-9A-Fa-f]{2}/.test(text.slice(end, end + 3))) break;
    end++;
  }
  return end;
};

/** Tells whether a body that dots may end has ended at `at`, with a dot before it and dots alone behind it. */
const isDotsOnly = (text: string, at: number): boolean => {
  if (text.charCodeAt(at - 1) !== DOT) return false;
  let end = at;
  while (text.charCodeAt(end) === DOT) end++;
  const next = text.charCodeAt(end);
  return end >= text.length || next >= 128 || BODIES.dotted[next] !== 1;
};

/**
 * Tells of a body longer than what is judged of it that it does not look random, without going to its end: letters that begin a key
 * may be repeated in one run a hundred thousand characters long.
 */
const isLongAndPlain = (text: string, start: number, body: BodyClass): boolean => {
  const judged = start + JUDGED;
  if (plainEnd(text, start, body, judged) < judged) return false;
  // Where padding or dots cut the body shorter, it is not this long.
  if (body === 'base64' && text.slice(start, judged).includes('=')) return false;
  if (body === 'dotted' && isDotsOnly(text, judged)) return false;
  return !looksRandom(text, start, judged);
};

// What may follow the padding inside one token: the signature of Sentry's, the checksum of Atlassian's.
const BEHIND_PADDING = /_[A-Za-z0-9+/]{16,}|[0-9A-F]{8}(?![\w=-])/y;

/** Gives where a body with padding at `padding` ends. Padding is at most two signs; anything else behind them is another value. */
const paddedEnd = (text: string, padding: number): number => {
  const end = padding + (text.charCodeAt(padding + 1) === EQUALS ? 2 : 1);
  BEHIND_PADDING.lastIndex = end;
  return BEHIND_PADDING.test(text) ? BEHIND_PADDING.lastIndex : end;
};

/** Gives the index behind the last character of a body; dots and equals signs that only end a sentence or start a value stay out. */
const bodyEnd = (text: string, start: number, body: BodyClass): number => {
  let end = plainEnd(text, start, body, text.length);
  if (body === 'base64') return text.charCodeAt(end) === EQUALS ? paddedEnd(text, end) : end;
  if (body === 'dotted') while (end > start && text.charCodeAt(end - 1) === DOT) end--;
  return end;
};
