interface Level {
  readonly kind: '{' | '[';
  /** The key or index that the next value belongs to. */
  at: string | number;
  readonly path: readonly (string | number)[];
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:\n]/g;

/** The key under which `linesOfJson` files a path. */
export const pathId = (path: readonly (string | number)[]): string => JSON.stringify(path);

const opened = (kind: '{' | '[', parent: Level | undefined): Level => ({
  kind,
  at: kind === '[' ? 0 : '',
  path: parent === undefined ? [] : [...parent.path, parent.at],
});

/** The line, from 1, on which each member of a valid JSON text begins, by `pathId` of its path. */
export const linesOfJson = (text: string): ReadonlyMap<string, number> => {
  const lines = new Map<string, number>();
  const levels: Level[] = [];
  let line = 1;
  let isKey = false;
  const note = (level: Level): void => void lines.set(pathId([...level.path, level.at]), line);
  for (const [token] of text.matchAll(TOKEN)) {
    const top = levels.at(-1);
    if (token === '\n') line += 1;
    else if (token === '{' || token === '[') {
      if (top?.kind === '[') note(top);
      levels.push(opened(token, top));
      isKey = token === '{';
    } else if (token === '}' || token === ']') levels.pop();
    else if (token === ',') {
      if (typeof top?.at === 'number') top.at += 1;
      isKey = top?.kind === '{';
    } else if (token === ':') isKey = false;
    else if (top !== undefined && isKey) {
      top.at = String(JSON.parse(token));
      note(top);
    } else if (top?.kind === '[') note(top);
  }
  return lines;
};
