/**
 * A map that forgets what was not used for long. It is two maps of half the size: what is used moves to the younger one, and when that is full the
 * older one goes as a whole. No entry is ever taken out by itself, which for maps costs much more than putting in.
 */
export class Lru<K, V> {
  readonly #half: number;
  #young = new Map<K, V>();
  #old = new Map<K, V>();

  /** @param capacity how many entries are kept at most, at least 1; the half that was used last is kept at least */
  constructor(capacity: number) {
    this.#half = Math.ceil(capacity / 2);
  }

  /** How many entries are held now. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** Gives the value of `key` and marks it as used, or `undefined`. */
  get(key: K): V | undefined {
    const value = this.#young.get(key);
    if (value !== undefined) return value;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  /** Keeps `value` under `key`. */
  set(key: K, value: V): void {
    if (this.#young.size >= this.#half && !this.#young.has(key)) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }

  /** Forgets everything. */
  clear(): void {
    this.#young.clear();
    this.#old.clear();
  }
}
