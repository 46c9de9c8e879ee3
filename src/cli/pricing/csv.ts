/** One row of a file, and the line on which it begins, counted from 1. */
export interface CsvRow {
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
}

/** Reads comma-separated values with a header line, by RFC 4180: quotes, doubled quotes and line breaks inside quotes. Keys are lower-case. */
export const readCsv = (content: string): readonly CsvRow[] => {
  const rows: string[][] = [[]];
  const begins = [1];
  let line = 1;
  let field = '';
  let quoted = false;
  const endField = (): void => {
    rows.at(-1)?.push(field);
    field = '';
  };
  for (let index = 0; index < content.length; index++) {
    const char = content.charAt(index);
    if (char === '\n') line++;
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
      begins.push(line);
    } else if (char !== '\r') field += char;
  }
  endField();
  const [header, ...body] = rows.map((row, index) => ({ row, line: begins[index] ?? 1 })).filter(({ row }) => row.some((cell) => cell !== ''));
  const names = (header?.row ?? []).map((name) =>
    name
      .trim()
      .toLowerCase()
      .replace(/^\uFEFF/, ''),
  );
  return body.map((one) => ({ line: one.line, cells: Object.fromEntries(names.map((name, column) => [name, one.row[column]?.trim() ?? ''])) }));
};
