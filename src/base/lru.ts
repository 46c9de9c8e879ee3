/** A map that holds at most `capacity` entries and forgets the one that was used longest ago. */
export class Lru<K, V> {
  readonly #entries = new Map<K, V>();
  readonly #capacity: number;

  /** @param capacity how many entries are kept, at least 1 */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** How many entries are held now. */
  get size(): number {
    return this.#entries.size;
  }

  /** Gives the value of `key` and marks it as used, or `undefined`. */
  get(key: K): V | undefined {
    const value = this.#entries.get(key);
    if (value !== undefined) {
      this.#entries.delete(key);
      this.#entries.set(key, value);
    }
    return value;
  }

  /** Keeps `value` under `key`; the entry used longest ago goes when the map is full. */
  set(key: K, value: V): void {
    this.#entries.delete(key);
    if (this.#entries.size >= this.#capacity) {
      const oldest = this.#entries.keys().next();
      if (!oldest.done) this.#entries.delete(oldest.value);
    }
    this.#entries.set(key, value);
  }

  /** Forgets everything. */
  clear(): void {
    this.#entries.clear();
  }
}
