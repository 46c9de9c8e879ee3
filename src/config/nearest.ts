const distance = (from: string, to: string): number => {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replace = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replace, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
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
    const far = Math.min(distance(wanted, candidate.toLowerCase()), last === candidate ? Number.POSITIVE_INFINITY : distance(wanted, last) + 0.5);
    if (far < least) {
      least = far;
      best = candidate;
    }
  }
  return best;
};
