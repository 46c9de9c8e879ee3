/** The value that stands for all label values beyond the cap. */
export const OTHER = 'other';

/** What a label cap needs to know. */
export interface LabelCapSettings {
  /** How many values of one label are told apart, at least 1. */
  readonly cap: number;
  /** Cleans a value the first time it is seen. Must not throw. */
  readonly clean: (value: string) => string;
  /** Grows whenever values have to be cleaned anew. */
  readonly generation: () => number;
  /** Told each time a value did not fit. Must not throw. */
  readonly onOverflow: (label: string) => void;
}

/** What label values have become, by label and former value. */
export type Relabelling = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Keeps label values few and clean: each new value is redacted once, and what exceeds the cap becomes `other`. */
export class LabelCap {
  #generation: number;
  readonly #seen = new Map<string, Map<string, string>>();
  readonly #settings: LabelCapSettings;

  /** @param settings the cap and what to do with values */
  constructor(settings: LabelCapSettings) {
    this.#settings = settings;
    this.#generation = settings.generation();
  }

  /** Cleans all values anew where other rules or secrets hold than before; gives what is counted under another value from now on. */
  renew(): Relabelling {
    const changed = new Map<string, Map<string, string>>();
    const { clean, generation } = this.#settings;
    const now = generation();
    if (now === this.#generation) return changed;
    this.#generation = now;
    for (const [label, values] of this.#seen)
      for (const [value, before] of values) {
        const next = clean(value);
        values.set(value, next);
        const after = before === value ? next : clean(before);
        if (after === before) continue;
        const changes = changed.get(label);
        if (changes === undefined) changed.set(label, new Map([[before, after]]));
        else changes.set(before, after);
      }
    return changed;
  }

  /** Gives the value under which `value` is counted; `clean` cleans it where that was not done already. */
  fit(label: string, value: string, clean: (value: string) => string = this.#settings.clean): string {
    let values = this.#seen.get(label);
    if (values === undefined) this.#seen.set(label, (values = new Map()));
    const known = values.get(value);
    if (known !== undefined) return known;
    if (values.size >= this.#settings.cap) {
      this.#settings.onOverflow(label);
      return OTHER;
    }
    const kept = clean(value);
    values.set(value, kept);
    return kept;
  }
}
