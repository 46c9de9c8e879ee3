import { createHash } from 'node:crypto';
import { Lru } from '../base/lru.ts';
import type { Labels } from '../call/labels.ts';
import type { Redactor } from '../call/redactor.ts';
import { CREDENTIALS } from './prompt-keys.ts';

/** No key is shorter. */
const SHORTEST = 16;

/** A label stands in series, records and keys of stores: what is longer is cut, and only once it is clean, or half a key would be left. */
const LONGEST = 1000;

const clean = (redactor: Redactor, value: string): string => {
  const holdsKey = redactor.find(value).some(({ detector }) => CREDENTIALS.has(detector));
  if (!holdsKey && value.length <= LONGEST) return value;
  const kept = holdsKey ? redactor.text(value, 'label') : value;
  // Tenants who are told apart by their keys, or by what is cut off, still are.
  return `${kept.slice(0, LONGEST)} ${createHash('sha256').update(value).digest('hex').slice(0, 8)}`;
};

/**
 * Gives labels in which no value is long or holds a key or another credential: labels go into keys of stores, into ledgers and alerts, where
 * nothing is cleaned any more. Personal data stays, since owners tell tenants and users apart by it.
 */
export const labelsWithoutKeys = (redactor: Redactor): ((labels: Labels) => Labels) => {
  const known = new Lru<string, string>(1000);
  const cleaned = (value: string): string => {
    if (value.length < SHORTEST) return value;
    const before = known.get(value);
    if (before !== undefined) return before;
    const after = clean(redactor, value);
    known.set(value, after);
    return after;
  };
  const changes = (record: Readonly<Record<string, unknown>>): Record<string, string> | undefined => {
    let changed: Record<string, string> | undefined;
    for (const [name, value] of Object.entries(record)) {
      if (typeof value !== 'string') continue;
      const after = cleaned(value);
      if (after !== value) (changed ??= {})[name] = after;
    }
    return changed;
  };
  return (labels) => {
    const own = changes(labels as Readonly<Record<string, unknown>>);
    const tags = labels.tags === undefined ? undefined : changes(labels.tags);
    if (own === undefined && tags === undefined) return labels;
    return { ...labels, ...own, ...(tags === undefined ? {} : { tags: { ...labels.tags, ...tags } }) };
  };
};
