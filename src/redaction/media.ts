import { createHash } from 'node:crypto';

// An address with its data inside.
const DATA_URI = /data:([a-z]{1,16}\/[\w.+-]{1,64})(?:;[\w=.-]{1,64}){0,4};base64,([A-Za-z0-9+/_-]{64,}={0,2})/g;
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
const MIN_MEDIA = 64;
const MIN_BARE = 500;
const DIGEST_LETTERS = 12;

const note = (kind: string, base64: string): string => {
  const bytes = Buffer.from(base64, 'base64');
  const size = bytes.length < 10_240 ? `${bytes.length} B` : `${Math.round(bytes.length / 1024)} KB`;
  return `[${kind} ${size} sha256:${createHash('sha256').update(bytes).digest('hex').slice(0, DIGEST_LETTERS)}]`;
};

const PROBE_STEP = 400;
const PROBES = [0, 7, 19, 37, 61, 89, 113, 149];
const BASE64_CODE = Uint8Array.from({ length: 128 }, (_, code) => (/[A-Za-z0-9+/]/.test(String.fromCharCode(code)) ? 1 : 0));

const isBase64 = (text: string, at: number): boolean => BASE64_CODE[text.charCodeAt(at)] === 1;

/** Gives the kind of a stretch of base64 by what it opens with, or `undefined`. */
const kindOf = (text: string, start: number): string | undefined => KINDS.find(([opening]) => text.startsWith(opening, start))?.[1];

/** Gives the whole stretch of base64 around a place. */
const stretchAt = (text: string, at: number, floor: number): { readonly start: number; readonly end: number } => {
  let start = at;
  let end = at;
  while (start > floor && isBase64(text, start - 1)) start--;
  while (isBase64(text, end)) end++;
  while (text.charAt(end) === '=') end++;
  return { start, end };
};

/**
 * Finds long stretches of base64 that open like media. Eight characters in every 400 are looked at: only a long stretch of base64
 * makes them all letters of base64.
 */
const withoutBareMedia = (text: string): string => {
  const parts: string[] = [];
  let done = 0;
  for (let at = 0; at + 150 < text.length; at += PROBE_STEP) {
    if (!PROBES.every((probe) => isBase64(text, at + probe))) continue;
    const { start, end } = stretchAt(text, at, done);
    const kind = end - start < MIN_BARE ? undefined : kindOf(text, start);
    if (kind !== undefined) {
      parts.push(text.slice(done, start), note(kind, text.slice(start, end)));
      done = end;
    }
    at = end;
  }
  return parts.length === 0 ? text : parts.join('') + text.slice(done);
};

/** Puts a note with kind, size and digest in place of images, sounds and documents in base64. The same string when there are none. */
export const withoutMedia = (text: string): string => {
  if (text.length < MIN_MEDIA) return text;
  const out = text.includes(';base64,') ? text.replace(DATA_URI, (_, kind: string, base64: string) => note(kind, base64)) : text;
  return out.length > MIN_BARE ? withoutBareMedia(out) : out;
};
