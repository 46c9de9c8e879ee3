const LONGEST = 80;

// Kept between calls: a file full of unknown keys would make a million of them.
const above = new Uint8Array(LONGEST + 1);

// The number of edits between two words, or `bound` when there are at least so many.
const distance = (from: string, to: string, bound: number): number => {
  if (Math.abs(from.length - to.length) >= bound || to.length > LONGEST) return bound;
  for (let j = 0; j <= to.length; j++) above[j] = j;
  for (let i = 1; i <= from.length; i++) {
    let diagonal = i - 1;
    let left = i;
    let least = i;
    above[0] = i;
    for (let j = 1; j <= to.length; j++) {
      const up = above[j] ?? 0;
      left = Math.min(diagonal + (from.charCodeAt(i - 1) === to.charCodeAt(j - 1) ? 0 : 1), up + 1, left + 1);
      diagonal = up;
      above[j] = left;
      if (left < least) least = left;
    }
    if (least >= bound) return bound;
  }
  return Math.min(bound, above[to.length] ?? 0);
};

/** The known word that `word` was probably meant to be, or `undefined` when none is near. A dotted key is also matched by its last part. */
export const nearestKey = (word: string, known: Iterable<string>): string | undefined => {
  // The time grows with the square of the length, and the word may be anything.
  if (word.length > LONGEST) return undefined;
  const wanted = word.toLowerCase();
  let best: string | undefined;
  let least = Math.min(wanted.length, Math.max(1, Math.floor(wanted.length / 3)) + 1);
  for (const candidate of known) {
    const last = candidate.slice(candidate.lastIndexOf('.') + 1);
    const far = Math.min(distance(wanted, candidate.toLowerCase(), least), last === candidate ? least : distance(wanted, last, least) + 0.5);
    if (far < least) {
      least = far;
      best = candidate;
    }
  }
  return best;
};
