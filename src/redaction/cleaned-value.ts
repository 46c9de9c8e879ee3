import { nameKind } from './secret-names.ts';
import { isEntries, isFlagged, namesNext, pairOf } from './value-pairs.ts';

/** What is done with the strings and numbers inside a value. */
export interface ValueCleaner {
  text(text: string): string;
  /** A string whose name says that it is a secret. */
  secretField(text: string): string;
  /** A string whose name says that it may be a secret; `listed` where the name is the member of a list before it. */
  named(text: string, name: string, listed: boolean): string;
  /** A number of at least `LONG_NUMBER`; it stays one where it is no secret. */
  number(value: number, name: string): unknown;
}

/** Only whole numbers from this one on are looked at: shorter ones are neither a card nor a password. */
export const LONG_NUMBER = 100_000;

const MAX_DEPTH = 32;
const MAX_NODES = 100_000;

class TooDeep extends Error {
  override readonly name = 'TooDeep';
}

interface Walk {
  readonly cleaner: ValueCleaner;
  nodes: number;
}

/** Cleans one member of a list, which may be named by the member before it: `--password` and its value, a header and its value. */
const cleanedMember = (items: readonly unknown[], at: number, key: string, walk: Walk, depth: number): unknown => {
  const item = items[at];
  const before = items[at - 1];
  if (typeof item !== 'string' || typeof before !== 'string' || nameKind(key) === 'secret' || !namesNext(before)) return cleaned(item, key, walk, depth);
  return isFlagged(before, item) ? cleaned(item, before, walk, depth) : walk.cleaner.named(item, before, true);
};

const cleanedArray = (items: readonly unknown[], key: string, walk: Walk, depth: number): unknown => {
  const entries = isEntries(items);
  let copy: unknown[] | undefined;
  for (let i = 0; i < items.length; i++) {
    const after = entries ? cleanedEntry(items[i] as Entry, walk, depth + 1) : cleanedMember(items, i, key, walk, depth + 1);
    if (after === items[i]) continue;
    copy ??= [...items];
    copy[i] = after;
  }
  return copy ?? items;
};

type Entry = readonly [string, unknown];

const cleanedEntry = (entry: Entry, walk: Walk, depth: number): unknown => {
  const [name, value] = entry;
  const after = [walk.cleaner.text(name), cleaned(value, name, walk, depth + 1)];
  return after[0] === name && after[1] === value ? entry : after;
};

const cleanedRecord = (record: Readonly<Record<string, unknown>>, walk: Walk, depth: number): unknown => {
  const pair = pairOf(record);
  let copy: Record<string, unknown> | undefined;
  for (const name of Object.keys(record)) {
    const before = record[name];
    const after = cleaned(before, pair?.member === name ? pair.name : name, walk, depth + 1);
    const cleanName = walk.cleaner.text(name);
    if (after === before && cleanName === name) continue;
    copy ??= { ...record };
    if (cleanName !== name) delete copy[name];
    copy[cleanName] = after;
  }
  return copy ?? record;
};

const cleanedBytes = (bytes: Uint8Array, walk: Walk): unknown => {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  return walk.cleaner.text(text) === text ? bytes : Buffer.from(walk.cleaner.text(text), 'latin1');
};

const cleanedString = (text: string, key: string, cleaner: ValueCleaner): string => {
  const kind = nameKind(key);
  if (kind === 'plain') return cleaner.text(text);
  return kind === 'secret' ? cleaner.secretField(text) : cleaner.named(text, key, false);
};

const cleaned = (input: unknown, key: string, walk: Walk, depth: number): unknown => {
  if (typeof input === 'string') return cleanedString(input, key, walk.cleaner);
  if (typeof input === 'number') return input >= LONG_NUMBER ? walk.cleaner.number(input, key) : input;
  // No form of telemetry can write it as it is.
  if (typeof input === 'bigint') return cleanedString(String(input), key, walk.cleaner);
  if (typeof input !== 'object' || input === null) return input;
  if (depth > MAX_DEPTH || ++walk.nodes > MAX_NODES) throw new TooDeep('a value nested too deep to be cleaned');
  if (Array.isArray(input)) return cleanedArray(input, key, walk, depth);
  return cleanedObject(input, key, walk, depth);
};

/** Cleans an object by a plain form of it; gives the object itself when that was clean. */
const cleanedAs = (input: object, plain: object, key: string, walk: Walk, depth: number): unknown => {
  const after = cleaned(plain, key, walk, depth);
  return after === plain ? input : after;
};

const cleanedObject = (input: object, key: string, walk: Walk, depth: number): unknown => {
  if (input instanceof Uint8Array) return cleanedBytes(input, walk);
  if (input instanceof Error) return cleanedAs(input, { name: input.name, message: input.message, stack: input.stack }, key, walk, depth);
  if (input instanceof Date) return input;
  if (input instanceof Map) return cleanedAs(input, Object.fromEntries(input), key, walk, depth);
  if (input instanceof Set) return cleanedAs(input, [...input], key, walk, depth);
  return cleanedRecord(input as Readonly<Record<string, unknown>>, walk, depth);
};

/** Cleans every string inside a value of any shape. Gives the same object when nothing had to go. @throws TooDeep beyond 32 levels or 100,000 members */
export const cleanedValue = (input: unknown, key: string, cleaner: ValueCleaner): unknown => cleaned(input, key, { cleaner, nodes: 0 }, 0);
