const MAX_LENGTH = 200;
const MAX_KEYS = 1024;

/**
 * Remembers the last short value of each attribute that was found clean. Most attributes of a service have the same value in every
 * span, so one look at the key answers for them.
 */
export class LastClean {
  readonly #values = new Map<string, string>();

  /** Tells whether this very value of the attribute is known to be clean. */
  is(key: string, value: string): boolean {
    return this.#values.get(key) === value;
  }

  /** Remembers a clean value of at most 200 characters. */
  note(key: string, value: string): void {
    if (value.length > MAX_LENGTH) return;
    if (this.#values.size >= MAX_KEYS && !this.#values.has(key)) this.#values.clear();
    this.#values.set(key, value);
  }

  /** Forgets everything: after a new secret was learned, no old answer holds. */
  clear(): void {
    this.#values.clear();
  }
}
