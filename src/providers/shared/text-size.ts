/** Half tokens that a UTF-16 unit may take, by the block of 128 units that it stands in. */
const HALVES = new Uint8Array(512).fill(6);
/** Up to this length a loop is quicker than a call into the runtime. */
const SHORT = 24;
/** Up to so many bytes a unit nothing is gained by a look at each. */
const CLOSE = 1.25;

// No tokenizer in use makes more tokens than UTF-8 has bytes: 1, 2, 3, and 4 for a pair of surrogates. That holds for any text.
HALVES.fill(4, 0x00, 0x10).fill(2, 0x00, 0x01).fill(4, 0x1b0, 0x1c0);

/**
 * Scripts that are in the vocabularies take less, and would be held for two or three times what they cost. What stands here is above
 * what cl100k, the coarsest vocabulary that is still sold, makes of prose in the script.
 * @source gpt-tokenizer 4.0.0, cl100k_base and o200k_base, over the names of regions and languages in Unicode CLDR 48.0, 2026-11
 */
const PROSE: readonly (readonly [from: number, to: number, halves: number])[] = [
  [0x0380, 0x03ff, 3], // Greek
  [0x0400, 0x04ff, 2], // Cyrillic
  [0x0600, 0x067f, 2], // Arabic, without the letters of other languages
  [0x0900, 0x09ff, 4], // Devanagari, Bengali
  [0x0b80, 0x0bff, 4], // Tamil
  [0x0e00, 0x0e7f, 3], // Thai
  [0x1e00, 0x1eff, 4], // Vietnamese
  [0x3000, 0x30ff, 3], // Kana
  [0x4e00, 0x9fff, 4], // Han
  [0xac00, 0xd7ff, 4], // Hangul
];
for (const [from, to, halves] of PROSE) HALVES.fill(halves, from >> 7, (to >> 7) + 1);

const weigh = (text: string): number => {
  let halves = 0;
  for (let at = 0; at < text.length; at += 1) halves += HALVES[text.charCodeAt(at) >> 7] ?? 0;
  return Math.ceil(halves / 2);
};

/** Gives the most tokens that a text makes: its length where it is ASCII, up to three times that in other scripts. */
export const textSize = (text: string): number => {
  const { length } = text;
  if (length <= SHORT) return weigh(text);
  const bytes = Buffer.byteLength(text);
  // English with a few dashes, most of what is written in Latin letters: the bytes are close enough, and counted by the runtime.
  return bytes <= length * CLOSE ? bytes : weigh(text);
};
