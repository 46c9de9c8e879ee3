import { createHash } from 'node:crypto';

// An address with its data inside, or a long stretch of base64 that opens like an image, a sound, a film or a document.
const DATA_URI = /data:([a-z]{1,16}\/[\w.+-]{1,64})(?:;[\w=.-]{1,64}){0,4};base64,([A-Za-z0-9+/_-]{64,}={0,2})/g;
const MAGIC =
  /(?<![A-Za-z0-9+/])(?:iVBORw0KGgo|\/9j\/|R0lGODlh|UklGR|JVBERi0|SUQz|T2dnUw|AAAA[A-Za-z]{1,2}Z0eX|GkXfo|Qk0[A-Za-z0-9]|PHN2Zy|\/\/[uvO][A-Za-z0-9+/])[A-Za-z0-9+/]{500,}={0,2}/g;
const KINDS: readonly (readonly [string, string])[] = [
  ['iVBOR', 'image/png'],
  ['/9j/', 'image/jpeg'],
  ['R0lGOD', 'image/gif'],
  ['JVBERi0', 'application/pdf'],
  ['SUQz', 'audio/mpeg'],
  ['//', 'audio/mpeg'],
  ['T2dnUw', 'audio/ogg'],
  ['UklGR', 'media/riff'],
  ['AAAA', 'video/mp4'],
  ['GkXfo', 'video/webm'],
  ['PHN2Zy', 'image/svg+xml'],
];
const MIN_MEDIA = 64;
const DIGEST_LETTERS = 12;

const note = (kind: string, base64: string): string => {
  const bytes = Buffer.from(base64, 'base64');
  const size = bytes.length < 10_240 ? `${bytes.length} B` : `${Math.round(bytes.length / 1024)} KB`;
  return `[${kind} ${size} sha256:${createHash('sha256').update(bytes).digest('hex').slice(0, DIGEST_LETTERS)}]`;
};

const PROBE_STEP = 400;
const PROBES = [0, 7, 19, 37, 61, 89, 113, 149];
const BASE64_CODE = Uint8Array.from({ length: 128 }, (_, code) => (/[A-Za-z0-9+/]/.test(String.fromCharCode(code)) ? 1 : 0));

/** Looks at eight characters in every 400: only a long stretch of base64 makes them all letters of base64. */
const mayHoldMedia = (text: string): boolean => {
  for (let at = 0; at + 150 < text.length; at += PROBE_STEP) if (PROBES.every((probe) => BASE64_CODE[text.charCodeAt(at + probe)] === 1)) return true;
  return false;
};

/** Puts a note with kind, size and digest in place of images, sounds and documents in base64. The same string when there are none. */
export const withoutMedia = (text: string): string => {
  if (text.length < MIN_MEDIA) return text;
  let out = text;
  if (out.includes(';base64,')) out = out.replace(DATA_URI, (_, kind: string, base64: string) => note(kind, base64));
  if (out.length > 500 && mayHoldMedia(out))
    out = out.replace(MAGIC, (base64: string) => note(KINDS.find(([opening]) => base64.startsWith(opening))?.[1] ?? 'media', base64));
  return out;
};
