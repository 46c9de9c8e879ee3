import type { Maybe } from '../../call/budget-store.ts';

/** Whether a value is still on its way. */
export const isPromise = <T>(value: Maybe<T>): value is Promise<T> => value instanceof Promise;

/** Goes on with a value at once where it is there, and later where it is not. */
export const chain = <A, B>(value: Maybe<A>, work: (value: A) => Maybe<B>): Maybe<B> => (isPromise(value) ? value.then((came) => work(came)) : work(value));

/** Runs work that may throw or reject, and goes on with `otherwise` then. */
export const attempt = <T>(work: () => Maybe<T>, otherwise: (error: unknown) => Maybe<T>): Maybe<T> => {
  try {
    const value = work();
    return isPromise(value) ? value.catch(otherwise) : value;
  } catch (error) {
    return otherwise(error);
  }
};
