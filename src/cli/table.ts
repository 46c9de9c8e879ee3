// What a service's users, or a server, have said may stand in a cell: nothing of it may steer a terminal.
const plain = (text: string): string => text.replaceAll(/\p{Cc}/gu, '?');

/** Lays rows out in columns as wide as their widest cell; the last column is not padded, and a control character is a question mark. */
export const columns = (texts: readonly (readonly string[])[]): string => {
  const rows = texts.map((row) => row.map(plain));
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, at) => (widths[at] = Math.max(widths[at] ?? 0, cell.length)));
  const line = (row: readonly string[]): string => row.map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0))).join('  ');
  return rows.map((row) => `${line(row).trimEnd()}\n`).join('');
};
