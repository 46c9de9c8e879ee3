/** JSON in which whatever fits on one line is on one line: small files and small diffs. */
export const compactJson = (value: unknown, width = 150, indent = ''): string => {
  const short = JSON.stringify(value);
  if (short === undefined) return 'null';
  if (short.length + indent.length <= width || value === null || typeof value !== 'object') return short;
  const deeper = `${indent} `;
  if (Array.isArray(value)) return `[\n${value.map((each) => deeper + compactJson(each, width, deeper)).join(',\n')}\n${indent}]`;
  const members = Object.entries(value).filter(([, each]) => JSON.stringify(each) !== undefined);
  return `{\n${members.map(([key, each]) => `${deeper}${JSON.stringify(key)}: ${compactJson(each, width, deeper)}`).join(',\n')}\n${indent}}`;
};
