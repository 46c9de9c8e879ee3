/** What a program printed as JSON, a value a line. */
export const jsonLines = (printed: string): readonly unknown[] =>
  printed
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
