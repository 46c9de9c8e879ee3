/** Which characters the body of a key is made of. */
export type BodyClass = 'token' | 'alnum' | 'hex' | 'upper' | 'base64' | 'dotted';

/** A key that is known by the letters it begins with. */
export interface TypedFormat {
  /** The name in marks and metrics. */
  readonly detector: string;
  /** What it is, in a few words. */
  readonly title: string;
  /** The letters it begins with, exactly; at least three. */
  readonly prefixes: readonly string[];
  readonly body: BodyClass;
  /** The fewest characters of the body. There is no upper bound: a longer key is still a key. */
  readonly min: number;
  /** The body must look random: for prefixes that names and words can have too. */
  readonly random?: boolean;
  /** Exactly this must stand directly before the prefix; it becomes part of the finding. */
  readonly behind?: readonly string[];
  /** Where the format was published. */
  readonly source: string;
}

/** A row of a table: detector, title, prefixes, body, least length, source, further conditions. */
export type TypedRow = readonly [string, string, string | readonly string[], BodyClass, number, string, { random?: boolean; behind?: readonly string[] }?];

/** Turns rows into formats. */
export const typedFormats = (rows: readonly TypedRow[]): readonly TypedFormat[] =>
  rows.map(([detector, title, prefixes, body, min, source, more]) => ({
    detector,
    title,
    prefixes: typeof prefixes === 'string' ? [prefixes] : prefixes,
    body,
    min,
    source,
    ...more,
  }));

/** The rule set that most formats of smaller services were read from. @source https://github.com/betterleaks/betterleaks (1.7.0, MIT) */
export const BETTERLEAKS = 'https://github.com/betterleaks/betterleaks (1.7.0, MIT)';
