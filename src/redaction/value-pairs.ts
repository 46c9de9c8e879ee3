import { nameKind } from './secret-names.ts';

type Members = Readonly<Record<string, unknown>>;

// The members of a pair: how its name is called, and how its value is.
const PAIRS: readonly (readonly [name: string, value: string])[] = [
  ['name', 'value'],
  ['key', 'value'],
  ['header', 'value'],
  ['field', 'value'],
  ['Name', 'Value'],
  ['Key', 'Value'],
  ['k', 'v'],
];

/** A record that is a pair: what it names, and which of its members holds the value. */
export interface Pair {
  readonly name: string;
  readonly member: string;
}

/** Gives the pair that a record is, such as {name: "authorization", value: "…"}; `undefined` when it is none. */
export const pairOf = (record: Members): Pair | undefined => {
  for (const [nameMember, member] of PAIRS) {
    const name = record[nameMember];
    if (typeof name === 'string' && member in record) return { name, member };
  }
  return undefined;
};

/** Tells whether a list is one of pairs, [["authorization", "…"], …], as `Object.entries` and headers give it. */
export const isEntries = (items: readonly unknown[]): boolean =>
  items.length > 0 && items.every((item) => Array.isArray(item) && item.length === 2 && typeof item[0] === 'string');

const LONGEST_NAME = 64;
const NAME = /^[\w.$@-]+$/;

/** Tells whether a member of a list may name the one behind it, as a flag or a header does. */
export const namesNext = (item: string): boolean => item.length <= LONGEST_NAME && NAME.test(item) && nameKind(item) !== 'plain';

const FLAG = /^--?[A-Za-z]/;

/** Tells whether `item` is the value of the flag that stands before it. */
export const isFlagged = (before: string, item: string): boolean => FLAG.test(before) && !FLAG.test(item);
