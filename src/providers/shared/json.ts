/** A JSON object of which nothing is known yet. */
export type Json = Readonly<Record<string, unknown>>;

const NOTHING: readonly unknown[] = [];

/** Gives `value` when it is an object and not an array, else `undefined`. */
export const obj = (value: unknown): Json | undefined => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined);

/** Gives `value` when it is an array, else an empty one. */
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : NOTHING);

/** Gives the first member of several names that is there and not null. */
export const firstOf = (from: Json | undefined, ...names: readonly string[]): unknown => {
  for (const name of names) {
    const value = from?.[name];
    if (value !== undefined && value !== null) return value;
  }
  return undefined;
};

/** Gives the objects of an array; what else is in it is left out. */
export const objects = (value: unknown): readonly Json[] =>
  list(value)
    .map(obj)
    .filter((one) => one !== undefined);

/** Gives `value` when it is a string that is not empty, else `undefined`. */
export const str = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** Gives `value` when it is a finite number, else `undefined`. */
export const num = (value: unknown): number | undefined => (typeof value === 'number' && Number.isFinite(value) ? value : undefined);

/** Gives `value` when it is a boolean, else `undefined`. */
export const bool = (value: unknown): boolean | undefined => (typeof value === 'boolean' ? value : undefined);

/** Gives the strings of an array, or a lone string as one; `undefined` where there is none. */
export const strings = (value: unknown): readonly string[] | undefined => {
  if (typeof value === 'string') return [value];
  const found = list(value).filter((one) => typeof one === 'string');
  return found.length > 0 ? found : undefined;
};

/** Copies a record without the members that are `undefined`, as exact optional properties demand. */
export const defined = <T extends object>(from: { readonly [K in keyof T]: T[K] | undefined }): T => {
  const to: Record<string, unknown> = {};
  for (const key in from) if (Object.hasOwn(from, key) && from[key] !== undefined) to[key] = from[key];
  return to as T;
};
