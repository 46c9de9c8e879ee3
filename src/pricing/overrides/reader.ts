import type { LocateOverride } from '../settings.ts';

/** Something in the overrides that cannot be used. */
export interface OverrideProblem {
  /** File and line where known, else the path inside the file. */
  readonly where: string;
  readonly key: string;
  readonly seen: string;
  readonly wanted: string;
}

type Path = readonly (string | number)[];

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

const show = (value: unknown): string => {
  if (value === undefined) return 'missing';
  const text = typeof value === 'string' ? `"${value}"` : (JSON.stringify(value) ?? typeof value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
};

/** Walks one mapping of a parsed file and writes down what is wrong with it, with its place. */
export class Reader {
  readonly #content: Readonly<Record<string, unknown>>;
  readonly #path: Path;
  readonly #locate: LocateOverride | undefined;
  readonly #problems: OverrideProblem[];

  private constructor(content: Readonly<Record<string, unknown>>, path: Path, locate: LocateOverride | undefined, problems: OverrideProblem[]) {
    this.#content = content;
    this.#path = path;
    this.#locate = locate;
    this.#problems = problems;
  }

  /** Begins to read a whole file. */
  static of(value: unknown, locate: LocateOverride | undefined, problems: OverrideProblem[]): Reader | undefined {
    if (isRecord(value)) return new Reader(value, [], locate, problems);
    problems.push({ where: locate?.([]) ?? 'overrides', key: 'overrides', seen: show(value), wanted: 'a mapping with version and prices' });
    return undefined;
  }

  /** Writes down that what stands at `path` is not what is wanted. */
  problem(path: Path, wanted: string): void {
    const full = [...this.#path, ...path];
    const key = full.join('.');
    let value: unknown = this.#content;
    for (const step of path) value = isRecord(value) ? value[String(step)] : undefined;
    this.#problems.push({ where: this.#locate?.(full) ?? 'overrides', key, seen: path.length === 0 ? 'empty' : show(value), wanted });
  }

  keys(): readonly string[] {
    return Object.keys(this.#content);
  }

  value(key: string): unknown {
    return this.#content[key];
  }

  /** Complains of every key that has no meaning here: a typing error must not silently change a price. */
  only(allowed: readonly string[]): void {
    for (const key of this.keys()) if (!allowed.includes(key)) this.problem([key], `one of ${allowed.join(', ')}`);
  }

  /** A text, or `undefined` where nothing is given. */
  text(key: string): string | undefined {
    const value = this.#content[key];
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'string' && value !== '') return value;
    this.problem([key], 'a text');
    return undefined;
  }

  /** One text or a list of them. */
  texts(key: string): readonly string[] {
    const value = this.#content[key];
    if (value === undefined || value === null) return [];
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (list.every((item) => typeof item === 'string')) return list;
    this.problem([key], 'a text or a list of texts');
    return [];
  }

  /** The mapping under a key, or `undefined` where nothing is given. */
  at(key: string): Reader | undefined {
    const value = this.#content[key];
    if (value === undefined || value === null) return undefined;
    if (isRecord(value)) return new Reader(value, [...this.#path, key], this.#locate, this.#problems);
    this.problem([key], 'a mapping');
    return undefined;
  }

  /** Reads every mapping of a list; an entry with a problem is left out. */
  each<T>(key: string, read: (at: Reader) => T): readonly T[] {
    const value = this.#content[key];
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) {
      this.problem([key], 'a list');
      return [];
    }
    const items: readonly unknown[] = value;
    return items.flatMap((item, index) => {
      const before = this.#problems.length;
      if (!isRecord(item)) {
        this.#problems.push({
          where: this.#locate?.([...this.#path, key, index]) ?? 'overrides',
          key: `${key}.${index}`,
          seen: show(item),
          wanted: 'a mapping',
        });
        return [];
      }
      const entry = read(new Reader(item, [...this.#path, key, index], this.#locate, this.#problems));
      return this.#problems.length === before ? [entry] : [];
    });
  }
}
