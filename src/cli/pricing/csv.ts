/** Reads comma-separated values with a header line, by RFC 4180: quotes, doubled quotes and line breaks inside quotes. Keys are lower-case. */
export const readCsv = (content: string): readonly Readonly<Record<string, string>>[] => {
  const rows: string[][] = [[]];
  let field = '';
  let quoted = false;
  const endField = (): void => {
    rows.at(-1)?.push(field);
    field = '';
  };
  for (let index = 0; index < content.length; index++) {
    const char = content.charAt(index);
    if (quoted) {
      if (char !== '"') field += char;
      else if (content.charAt(index + 1) === '"') {
        field += '"';
        index++;
      } else quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === ',') endField();
    else if (char === '\n') {
      endField();
      rows.push([]);
    } else if (char !== '\r') field += char;
  }
  endField();
  const [header = [], ...body] = rows.filter((row) => row.some((cell) => cell !== ''));
  const names = header.map((name) =>
    name
      .trim()
      .toLowerCase()
      .replace(/^\uFEFF/, ''),
  );
  return body.map((row) => Object.fromEntries(names.map((name, column) => [name, row[column]?.trim() ?? ''])));
};
