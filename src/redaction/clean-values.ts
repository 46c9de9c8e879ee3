const MAX_LENGTH = 200;
const GENERATION = 1024;

/**
 * Remembers short values that were found clean. Two generations, the older one forgotten as a whole: a lookup is one or two probes
 * of a set and never reorders anything, which is what the 20 strings of a span need.
 */
export class CleanValues {
  #young = new Set<string>();
  #old = new Set<string>();

  /** Tells whether a value is known to be clean. */
  has(value: string): boolean {
    if (value.length > MAX_LENGTH) return false;
    if (this.#young.has(value)) return true;
    if (!this.#old.has(value)) return false;
    this.add(value);
    return true;
  }

  /** Remembers a clean value of at most 200 characters. */
  add(value: string): void {
    if (value.length > MAX_LENGTH) return;
    if (this.#young.size >= GENERATION) {
      this.#old = this.#young;
      this.#young = new Set();
    }
    this.#young.add(value);
  }

  /** Forgets everything: after a new secret was learned, no old answer holds. */
  clear(): void {
    this.#young.clear();
    this.#old.clear();
  }
}
