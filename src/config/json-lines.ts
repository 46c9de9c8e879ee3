interface Level {
  readonly kind: '{' | '[';
  /** The key or index that the next value belongs to. */
  at: string | number;
  readonly path: readonly (string | number)[];
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:\n]|[^\s"{}[\],:]+/g;

/** The key under which `linesOfJson` files a path. */
export const pathId = (path: readonly (string | number)[]): string => JSON.stringify(path);

// Deeper than any option goes; without a bound a text of brackets alone would cost the square of its length.
const DEEPEST = 64;

const opened = (kind: '{' | '[', parent: Level | undefined): Level => ({
  kind,
  at: kind === '[' ? 0 : '',
  path: parent === undefined || parent.path.length >= DEEPEST ? (parent?.path ?? []) : [...parent.path, parent.at],
});

class LineReader {
  readonly lines = new Map<string, number>();
  readonly #levels: Level[] = [];
  #line = 1;
  #isKey = false;

  read(token: string): void {
    const top = this.#levels.at(-1);
    if (token === '\n') this.#line += 1;
    else if (token === '{' || token === '[') this.#open(top, token);
    else if (token === '}' || token === ']') this.#levels.pop();
    else if (token === ':') this.#isKey = false;
    else if (token === ',') this.#next(top);
    else if (top !== undefined) this.#scalar(top, token);
  }

  #open(parent: Level | undefined, kind: '{' | '['): void {
    if (parent?.kind === '[') this.#note(parent);
    this.#levels.push(opened(kind, parent));
    this.#isKey = kind === '{';
  }

  #next(level: Level | undefined): void {
    if (typeof level?.at === 'number') level.at += 1;
    this.#isKey = level?.kind === '{';
  }

  #scalar(level: Level, token: string): void {
    if (this.#isKey) level.at = String(JSON.parse(token));
    if (this.#isKey || level.kind === '[') this.#note(level);
  }

  #note(level: Level): void {
    if (level.path.length < DEEPEST) this.lines.set(pathId([...level.path, level.at]), this.#line);
  }
}

/** The line, from 1, on which each member of a valid JSON text begins, by `pathId` of its path. */
export const linesOfJson = (text: string): ReadonlyMap<string, number> => {
  const reader = new LineReader();
  for (const [token] of text.matchAll(TOKEN)) reader.read(token);
  return reader.lines;
};
