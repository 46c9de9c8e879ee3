/**
 * Gives a function that runs `make` at its first call and hands out the same value ever after.
 * A `make` that throws is tried again at the next call.
 */
export const once = <T>(make: () => T): (() => T) => {
  let value: { readonly it: T } | undefined;
  return () => (value ??= { it: make() }).it;
};
