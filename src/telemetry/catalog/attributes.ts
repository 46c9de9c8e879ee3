import type { AttributeEntry } from './attribute-entry.ts';
import { CONVENTION_ATTRIBUTES } from './attributes-convention.ts';
import { PURSER_ATTRIBUTES } from './attributes-purser.ts';

/** Every attribute that Purser may emit, by name. */
export const ATTRIBUTES = { ...CONVENTION_ATTRIBUTES, ...PURSER_ATTRIBUTES } as const;

type Listed = keyof typeof ATTRIBUTES;

/** The name of an attribute in the catalog; of a family, any member. */
export type AttributeName = Exclude<Listed, `${string}*`> | (Extract<Listed, `${string}*`> extends `${infer Family}*` ? `${Family}${string}` : never);

const entries: Readonly<Record<string, AttributeEntry>> = ATTRIBUTES;
const families = Object.keys(ATTRIBUTES)
  .filter((name) => name.endsWith('.*'))
  .map((name) => name.slice(0, -1));

/** Gives the entry of an attribute, or of the family it belongs to; `undefined` when it is not in the catalog. */
export const attributeEntry = (name: string): AttributeEntry | undefined => {
  if (Object.hasOwn(entries, name)) return entries[name];
  const family = families.find((prefix) => name.startsWith(prefix) && name.length > prefix.length);
  return family === undefined ? undefined : entries[`${family}*`];
};
