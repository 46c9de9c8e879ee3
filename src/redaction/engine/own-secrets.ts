import { classAt, TOKEN } from './char-class.ts';
import type { HitList } from './hits.ts';
import { shapeOf } from './randomness.ts';
import type { Subject } from './subject.ts';

const MIN_SECRET = 8;
/** How many secrets of the process are searched for. */
export const MAX_SECRETS = 512;
const GRAM = 3;
const TABLE_SIZE = 1 << 15;
const MAX_SHIFT = 64;

const hash = (a: number, b: number, c: number): number => ((a << 10) ^ (b << 5) ^ c) & (TABLE_SIZE - 1);

const hashAt = (bytes: Uint8Array, at: number): number => hash(bytes[at - 2] ?? 0, bytes[at - 1] ?? 0, bytes[at] ?? 0);

const percentAll = (value: string): string => Array.from(Buffer.from(value, 'utf8'), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
const jsonEscaped = (value: string): string => JSON.stringify(value).slice(1, -1);
const BEYOND_ASCII = /[\u0080-\uffff]/g;
const hexOf = (unit: string): string => unit.charCodeAt(0).toString(16).padStart(4, '0');
/** The way of JSON writers that keep to ASCII, as Python's does; all write the hex digits small but a few. */
const asciiEscaped = (value: string): string => jsonEscaped(value).replace(BEYOND_ASCII, (unit) => `\\u${hexOf(unit)}`);
const asciiEscapedInCapitals = (value: string): string => jsonEscaped(value).replace(BEYOND_ASCII, (unit) => `\\u${hexOf(unit).toUpperCase()}`);
const formEncoded = (value: string): string => new URLSearchParams({ a: value }).toString().slice('a='.length);
const smallPercent = (encoded: string): string => encoded.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase());
const HTML_SIGNS: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const htmlEscaped = (value: string): string => value.replace(/[&<>"']/g, (sign) => HTML_SIGNS[sign] ?? sign);
const WHOLE_BEYOND_ASCII = /[\u{80}-\u{10ffff}]/gu;
const codeOf = (letter: string): number => letter.codePointAt(0) ?? 0;
const decimalEntities = (value: string): string => htmlEscaped(value).replace(WHOLE_BEYOND_ASCII, (letter) => `&#${codeOf(letter)};`);
const hexEntities = (value: string): string => htmlEscaped(value).replace(WHOLE_BEYOND_ASCII, (letter) => `&#x${codeOf(letter).toString(16)};`);
const hexEntitiesInCapitals = (value: string): string =>
  htmlEscaped(value).replace(WHOLE_BEYOND_ASCII, (letter) => `&#x${codeOf(letter).toString(16).toUpperCase()};`);

/**
 * Gives the letters that any base64 of a text holds when `value` is part of that text. What stands before it shifts it by 0, 1 or 2
 * bytes, so there are three forms; the letters at the edges, which depend on the neighbours, are left off.
 */
const base64Forms = (value: string): readonly string[] => {
  const bytes = Buffer.from(value, 'utf8');
  return [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const tail = (shift + bytes.length) % 3 === 0 ? 0 : 1;
    const head = shift === 0 ? 0 : shift + 1;
    return encoded.slice(head, encoded.length - tail);
  });
};

const urlSafe = (base64: string): string => base64.replaceAll('+', '-').replaceAll('/', '_');

/** A secret as it may be written, and whether that is in base64. */
export interface SecretForm {
  readonly form: string;
  readonly base64: boolean;
}

const usable = (form: string): boolean => form.length >= MIN_SECRET;

/** Gives every form in which a secret may appear: plain, percent- and form-encoded, base64 at any offset, hex, JSON- and HTML-escaped. */
export const formsOf = (secret: string): readonly SecretForm[] => {
  const bytes = Buffer.from(secret, 'utf8');
  const hex = bytes.toString('hex');
  const byAddress = [encodeURIComponent(secret), encodeURI(secret), formEncoded(secret)];
  const plain = [
    secret,
    ...byAddress,
    ...byAddress.map(smallPercent),
    percentAll(secret),
    percentAll(secret).toLowerCase(),
    hex,
    hex.toUpperCase(),
    jsonEscaped(secret),
    jsonEscaped(jsonEscaped(secret)),
    asciiEscaped(secret),
    asciiEscapedInCapitals(secret),
    jsonEscaped(asciiEscaped(secret)),
    htmlEscaped(secret),
    decimalEntities(secret),
    hexEntities(secret),
    hexEntitiesInCapitals(secret),
  ];
  const base64 = base64Forms(secret).flatMap((form) => [form, urlSafe(form), encodeURIComponent(form)]);
  return [
    ...[...new Set(plain)].filter(usable).map((form) => ({ form, base64: false })),
    ...[...new Set(base64)].filter(usable).map((form) => ({ form, base64: true })),
  ];
};

interface Form extends SecretForm {
  readonly name: string;
}

const WIDE = /[\u0100-\uffff]/;
const PLAIN_WORD = /^[a-z]+$|^[A-Z]?[a-z]+$/;
const WORD_SURPRISE = 4;

/** A password that is a common word would blank that word everywhere; it protects nothing. */
const isWord = (value: string): boolean => PLAIN_WORD.test(value) && shapeOf(value, 0, value.length).surprise < WORD_SURPRISE;

const findPlain = (text: string, { form, name }: Form, list: HitList): void => {
  for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + 1)) list.add('own-secret', at, at + form.length, `a secret of this process, ${name}`);
};

/**
 * Finds the secrets of this process by their exact values, in one pass over the bytes however many there are (Wu and Manber 1994:
 * three bytes tell how far the window may jump).
 */
export class OwnSecrets {
  readonly #names = new Map<string, string>();
  #shifts = new Uint8Array(0);
  #buckets = new Map<number, Form[]>();
  #wide: Form[] = [];
  #window = 0;
  #leftOut = 0;
  // The tables are made when somebody first looks: a process may have hundreds of secrets, added one by one.
  #isStale = false;

  /** How many secrets came after the list was full. */
  get leftOut(): number {
    return this.#leftOut;
  }

  /** How many secrets are known. */
  get size(): number {
    return this.#names.size;
  }

  /** Adds a secret of at least 8 characters; gives whether it is new. */
  add(name: string, value: string): boolean {
    if (value.length < MIN_SECRET || isWord(value) || this.#names.has(value)) return false;
    if (this.#names.size >= MAX_SECRETS) {
      this.#leftOut++;
      return false;
    }
    this.#names.set(value, name);
    this.#isStale = true;
    return true;
  }

  /** Tells of a short text that no secret is in it; true is only a maybe. */
  mayHold(text: string): boolean {
    if (this.#isStale) this.#build();
    if (this.#wide.length > 0) return true;
    const window = this.#window;
    if (window === 0) return false;
    for (let at = window - 1; at < text.length;) {
      const shift = this.#shifts[hash(text.charCodeAt(at - 2), text.charCodeAt(at - 1), text.charCodeAt(at))] ?? 0;
      if (shift === 0) return true;
      at += shift;
    }
    return false;
  }

  /** Notes every place where a secret stands in some form. */
  find({ original, text, bytes, length }: Subject, list: HitList): void {
    if (this.#isStale) this.#build();
    for (const form of this.#wide) findPlain(original, form, list);
    const window = this.#window;
    if (window === 0) return;
    const shifts = this.#shifts;
    let at = window - 1;
    while (at < length) {
      const bucket = hashAt(bytes, at);
      const shift = shifts[bucket] ?? 1;
      if (shift > 0) {
        at += shift;
        continue;
      }
      list.tick();
      this.#verify(text, at - window + 1, bucket, bytes, list);
      at++;
    }
  }

  #verify(text: string, start: number, bucket: number, bytes: Uint8Array, list: HitList): void {
    for (const { form, base64, name } of this.#buckets.get(bucket) ?? []) {
      if (!text.startsWith(form, start)) continue;
      const end = start + form.length;
      // The letters at the edges of a base64 form depend on its neighbours: the whole stretch goes.
      if (base64) list.add('own-secret', stretch(bytes, start, -1), stretch(bytes, end - 1, 1) + 1, `a secret of this process, ${name}, in base64`);
      else list.add('own-secret', start, end, `a secret of this process, ${name}`);
    }
  }

  #build(): void {
    this.#isStale = false;
    const forms = [...this.#names].flatMap(([value, name]) => formsOf(value).map((form) => ({ ...form, name })));
    // Wide characters are blank in the bytes, so forms that hold one cannot be found by their bytes; their encoded forms can.
    const usable = forms.filter(({ form }) => !WIDE.test(form));
    this.#wide = forms.filter(({ form }) => WIDE.test(form));
    this.#window = Math.min(MAX_SHIFT, ...usable.map(({ form }) => form.length));
    const window = this.#window;
    this.#shifts = new Uint8Array(TABLE_SIZE).fill(window - GRAM + 1);
    this.#buckets = new Map();
    for (const entry of usable) {
      for (let i = GRAM - 1; i < window; i++) {
        const bucket = hash(entry.form.charCodeAt(i - 2), entry.form.charCodeAt(i - 1), entry.form.charCodeAt(i));
        this.#shifts[bucket] = Math.min(this.#shifts[bucket] ?? 0, window - 1 - i);
        if (i === window - 1) this.#buckets.set(bucket, [...(this.#buckets.get(bucket) ?? []), entry]);
      }
    }
  }
}

const BASE64_SIGNS = new Set(['+', '/', '=', '%'].map((sign) => sign.charCodeAt(0)));
const MAX_STRETCH = 65_536;

/** Gives the last index of the base64 around `from` in one direction. */
const stretch = (bytes: Uint8Array, from: number, step: 1 | -1): number => {
  let at = from;
  const isBase64 = (index: number): boolean => index >= 0 && ((classAt(bytes, index) & TOKEN) !== 0 || BASE64_SIGNS.has(bytes[index] ?? 0));
  while (isBase64(at + step) && Math.abs(at - from) < MAX_STRETCH) at += step;
  return at;
};
