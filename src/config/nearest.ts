// The number of edits between two words, or `bound` when there are at least so many.
const distance = (from: string, to: string, bound: number): number => {
  if (Math.abs(from.length - to.length) >= bound) return bound;
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    let least = i;
    for (let j = 1; j <= to.length; j++) {
      const replace = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      const cell = Math.min(replace, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1);
      least = Math.min(least, cell);
      next.push(cell);
    }
    if (least >= bound) return bound;
    row = next;
  }
  return Math.min(bound, row[to.length] ?? 0);
};

const LONGEST = 80;

/** The known word that `word` was probably meant to be, or `undefined` when none is near. A dotted key is also matched by its last part. */
export const nearestKey = (word: string, known: Iterable<string>): string | undefined => {
  // The time grows with the square of the length, and the word may be anything.
  if (word.length > LONGEST) return undefined;
  const wanted = word.toLowerCase();
  let best: string | undefined;
  let least = Math.max(2, Math.floor(wanted.length / 3)) + 1;
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
