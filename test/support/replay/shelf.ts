import { endpointOf } from './endpoint.ts';
import type { RecordedEntry } from './entry.ts';

/** How an entry was found. */
export type Match = 'id' | 'body' | 'endpoint';

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined && member !== null);
  return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, member]) => [name, sorted(member)]));
};

const endpointKey = (method: string, path: string, body: unknown): string => {
  const { name, model, stream } = endpointOf(path, body);
  return `${method} ${name} ${model ?? ''} ${stream}`;
};

interface Row {
  readonly entries: RecordedEntry[];
  next: number;
}

const put = (rows: Map<string, Row>, key: string, entry: RecordedEntry): void => {
  const row = rows.get(key) ?? { entries: [], next: 0 };
  row.entries.push(entry);
  rows.set(key, row);
};

const take = (row: Row | undefined): RecordedEntry | undefined => {
  if (row === undefined) return undefined;
  const entry = row.entries[Math.min(row.next, row.entries.length - 1)];
  row.next++;
  return entry;
};

/** The entries of a recordings file, found by id or by what a request asks for. */
export class Shelf {
  readonly #byId: ReadonlyMap<string, RecordedEntry>;
  readonly #byBody = new Map<string, Row>();
  readonly #byEndpoint = new Map<string, Row>();

  /** Keeps `entries` in their order. */
  constructor(entries: readonly RecordedEntry[]) {
    this.#byId = new Map(entries.map((entry) => [entry.id, entry]));
    for (const entry of entries) {
      const { method, path, body } = entry.request;
      const key = endpointKey(method, path, body);
      put(this.#byEndpoint, key, entry);
      put(this.#byBody, `${key} ${JSON.stringify(sorted(body))}`, entry);
    }
  }

  /** Finds the entry with an id. */
  byId(id: string): RecordedEntry | undefined {
    return this.#byId.get(id);
  }

  /** Finds the next entry for a request. */
  find(method: string, path: string, body: unknown): { readonly entry: RecordedEntry; readonly match: Match } | undefined {
    const key = endpointKey(method, path, body);
    const exact = take(this.#byBody.get(`${key} ${JSON.stringify(sorted(body))}`));
    if (exact !== undefined) return { entry: exact, match: 'body' };
    const alike = take(this.#byEndpoint.get(key));
    return alike === undefined ? undefined : { entry: alike, match: 'endpoint' };
  }

  /** Starts over with the first entry of each row. */
  reset(): void {
    for (const rows of [this.#byBody, this.#byEndpoint]) for (const row of rows.values()) row.next = 0;
  }
}
