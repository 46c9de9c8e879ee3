/** Gives back the object that it is called with, so that a class that extends it puts its private fields on that. */
// oxlint-disable-next-line typescript/no-extraneous-class -- a class is what can be extended
const Given = class {
  constructor(target: object) {
    // oxlint-disable-next-line no-constructor-return -- this is the point of it
    return target;
  }
};

/** A value that is kept with an object. */
export interface Mark<V> {
  put(target: object, value: V): void;
  /** Gives the value put last, or `undefined`. */
  of(target: object): V | undefined;
}

/** Makes a mark: a private field on objects of others, which nobody can see, and which costs a fraction of an entry in a WeakMap. */
export const createMark = <V>(): Mark<V> =>
  class Marked extends Given {
    #value: V;

    private constructor(target: object, value: V) {
      super(target);
      this.#value = value;
    }

    static put(target: object, value: V): void {
      if (#value in target) target.#value = value;
      else void new Marked(target, value);
    }

    static of(target: object): V | undefined {
      return #value in target ? target.#value : undefined;
    }
  };
