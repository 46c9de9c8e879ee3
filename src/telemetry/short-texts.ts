import type { ExportValue } from '../call/export.ts';

const cut = (text: string, most: number): string => {
  if (text.length <= most) return text;
  const end = /[\ud800-\udbff]/.test(text.charAt(most - 1)) ? most - 1 : most;
  return `${text.slice(0, end)}[+${text.length - end} characters]`;
};

/** Gives a value whose texts are at most `most` UTF-16 units long, however deep they are; each that was cut says by how much. The same value when none was. */
export const shortTexts = (value: ExportValue, most: number): ExportValue => {
  if (typeof value === 'string') return cut(value, most);
  if (typeof value !== 'object' || value === null || most === Number.POSITIVE_INFINITY) return value;
  if (Array.isArray(value)) {
    const members = value.map((member: ExportValue) => shortTexts(member, most));
    return members.some((member, index) => member !== value[index]) ? members : value;
  }
  const record = value as Readonly<Record<string, ExportValue>>;
  let copy: Record<string, ExportValue> | undefined;
  for (const [key, before] of Object.entries(record)) {
    if (before === undefined) continue;
    const after = shortTexts(before, most);
    if (after !== before) (copy ??= { ...record })[key] = after;
  }
  return copy ?? value;
};
