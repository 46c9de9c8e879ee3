type Method = (...args: readonly never[]) => unknown;

/** Puts methods on one object before those of its class, unseen by anyone who lists its members. */
export const shadow = (target: object, methods: Readonly<Record<string, Method>>): void => {
  for (const [name, value] of Object.entries(methods)) Object.defineProperty(target, name, { value, configurable: true, enumerable: false, writable: true });
};
