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
// The same without the padding, which ends the walk over the letters.
const MIN_LETTERS = MIN_DATA_URI - 2;
const DIGEST_LETTERS = 12;

const note = (kind: string, base64: string): string => {
  const bytes = Buffer.from(base64, 'base64');
  const size = bytes.length < 10_240 ? `${bytes.length} B` : `${Math.round(bytes.length / 1024)} KB`;
  return `[${kind} ${size} sha256:${createHash('sha256').update(bytes).digest('hex').slice(0, DIGEST_LETTERS)}]`;
};

const BASE64_CODE = Uint8Array.from({ length: 256 }, (_, code) => (/[A-Za-z0-9+/_-]/.test(String.fromCharCode(code)) ? 1 : 0));

const isBase64 = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at);
  return code < 256 && BASE64_CODE[code] === 1;
};

/** Gives the last place from `from` back to `low` that is not base64, or `low - 1`. */
const breakBack = (text: string, from: number, low: number): number => {
  let at = from;
  while (at >= low && isBase64(text, at)) at--;
  return at;
};

/** Gives where the base64 around `from` ends, with its padding. */
const stretchEnd = (text: string, from: number): number => {
  let end = from;
  while (isBase64(text, end)) end++;
  while (text.charAt(end) === '=') end++;
  return end;
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
 * Puts a note with kind, size and digest in place of images, sounds and documents in base64. The same string when there are none. From
 * every place where a stretch of base64 may begin it looks where a long one would end and reads backwards from there: in a text that is
 * not base64 a few letters in every 190 are read.
 */
export const withoutMedia = (text: string): string => {
  const parts: string[] = [];
  let done = 0;
  let start = 0;
  // From the start up to here all is base64.
  let known = 0;
  while (start + MIN_LETTERS <= text.length) {
    const goal = start + MIN_LETTERS;
    const broken = breakBack(text, goal - 1, known);
    if (broken >= known) {
      start = broken + 1;
      known = goal;
      continue;
    }
    const end = stretchEnd(text, goal);
    const media = mediaAt(text, start, end);
    if (media !== undefined) {
      parts.push(text.slice(done, media.from), note(media.kind, text.slice(start, end)));
      done = end;
    }
    start = end;
    known = end;
  }
  return parts.length === 0 ? text : parts.join('') + text.slice(done);
};
