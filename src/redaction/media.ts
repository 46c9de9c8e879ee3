import { createHash } from 'node:crypto';

// What stands before the data of an address with its data inside.
const DATA_URI = /data:([a-z]{1,16}\/[\w.+-]{1,64})(?:;[\w=.-]{1,64}){0,4};base64,$/;
const MAX_HEAD = 400;
// How images, sounds, films and documents open in base64.
const KINDS: readonly (readonly [string, string])[] = [
  ['iVBOR', 'image/png'],
  ['/9j/', 'image/jpeg'],
  ['R0lGOD', 'image/gif'],
  ['JVBERi0', 'application/pdf'],
  ['SUQz', 'audio/mpeg'],
  ['//uQ', 'audio/mpeg'],
  ['//vQ', 'audio/mpeg'],
  ['//OE', 'audio/mpeg'],
  ['T2dnUw', 'audio/ogg'],
  ['UklGR', 'media/riff'],
  ['AAAAGGZ0eX', 'video/mp4'],
  ['AAAAIGZ0eX', 'video/mp4'],
  ['AAAAHGZ0eX', 'video/mp4'],
  ['AAAAFGZ0eX', 'video/mp4'],
  ['GkXfo', 'video/webm'],
  ['PHN2Zy', 'image/svg+xml'],
];
const MIN_DATA_URI = 192;
const MIN_BARE = 500;
const DIGEST_LETTERS = 12;

const note = (kind: string, base64: string): string => {
  const bytes = Buffer.from(base64, 'base64');
  const size = bytes.length < 10_240 ? `${bytes.length} B` : `${Math.round(bytes.length / 1024)} KB`;
  return `[${kind} ${size} sha256:${createHash('sha256').update(bytes).digest('hex').slice(0, DIGEST_LETTERS)}]`;
};

const PROBE_STEP = 96;
const PROBES = [0, 5, 13, 21, 30, 38, 47, 55, 64, 72, 81, 95];
const BASE64_CODE = Uint8Array.from({ length: 128 }, (_, code) => (/[A-Za-z0-9+/_-]/.test(String.fromCharCode(code)) ? 1 : 0));

const isBase64 = (text: string, at: number): boolean => BASE64_CODE[text.charCodeAt(at)] === 1;

const isLong = (text: string, at: number): boolean => {
  for (const probe of PROBES) if (!isBase64(text, at + probe)) return false;
  return true;
};

/** Gives the whole stretch of base64 around a place. */
const stretchAt = (text: string, at: number, floor: number): { readonly start: number; readonly end: number } => {
  let start = at;
  let end = at;
  while (start > floor && isBase64(text, start - 1)) start--;
  while (isBase64(text, end)) end++;
  while (text.charAt(end) === '=') end++;
  return { start, end };
};

interface Media {
  readonly kind: string;
  /** Where its note begins: before the data, or before the address that holds it. */
  readonly from: number;
}

/** Tells what a stretch of base64 is: the data of an address, or something that opens like media; else `undefined`. */
const mediaAt = (text: string, start: number, end: number): Media | undefined => {
  if (end - start < MIN_DATA_URI) return undefined;
  const head = text.endsWith('base64,', start) ? DATA_URI.exec(text.slice(Math.max(0, start - MAX_HEAD), start)) : null;
  if (head !== null) return { kind: head[1] ?? 'media', from: start - head[0].length };
  const kind = end - start < MIN_BARE ? undefined : KINDS.find(([opening]) => text.startsWith(opening, start))?.[1];
  return kind === undefined ? undefined : { kind, from: start };
};

/**
 * Puts a note with kind, size and digest in place of images, sounds and documents in base64. The same string when there are none. Twelve
 * characters in every 96 are looked at: only a long stretch of base64 makes them all letters of base64.
 */
export const withoutMedia = (text: string): string => {
  const parts: string[] = [];
  let done = 0;
  for (let at = 0; at + PROBE_STEP < text.length; at += PROBE_STEP) {
    if (!isLong(text, at)) continue;
    const { start, end } = stretchAt(text, at, done);
    const media = mediaAt(text, start, end);
    if (media !== undefined) {
      parts.push(text.slice(done, media.from), note(media.kind, text.slice(start, end)));
      done = end;
    }
    at = Math.max(at, end - PROBE_STEP);
  }
  return parts.length === 0 ? text : parts.join('') + text.slice(done);
};
