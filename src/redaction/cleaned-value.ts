import { isSecretName } from './secret-names.ts';

/** What is done with the strings inside a value. */
export interface ValueCleaner {
  text(text: string): string;
  /** A string whose name says that it is a secret. */
  secretField(text: string): string;
}

const MAX_DEPTH = 32;
const MAX_NODES = 100_000;

class TooDeep extends Error {
  override readonly name = 'TooDeep';
}

interface Walk {
  readonly cleaner: ValueCleaner;
  nodes: number;
}

const cleanedArray = (items: readonly unknown[], key: string, walk: Walk, depth: number): unknown => {
  let copy: unknown[] | undefined;
  for (let i = 0; i < items.length; i++) {
    const after = cleaned(items[i], key, walk, depth + 1);
    if (after === items[i]) continue;
    copy ??= [...items];
    copy[i] = after;
  }
  return copy ?? items;
};

/** In pairs such as {name: "authorization", value: "…"} the name stands beside its value. */
const pairedName = (record: Readonly<Record<string, unknown>>): string | undefined => {
  const name = record['name'] ?? record['key'] ?? record['header'];
  return typeof name === 'string' && 'value' in record ? name : undefined;
};

const cleanedRecord = (record: Readonly<Record<string, unknown>>, walk: Walk, depth: number): unknown => {
  const pair = pairedName(record);
  let copy: Record<string, unknown> | undefined;
  for (const name of Object.keys(record)) {
    const before = record[name];
    const after = cleaned(before, name === 'value' && pair !== undefined ? pair : name, walk, depth + 1);
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

const cleaned = (input: unknown, key: string, walk: Walk, depth: number): unknown => {
  if (typeof input === 'string') return isSecretName(key) ? walk.cleaner.secretField(input) : walk.cleaner.text(input);
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
