import { tableFault } from '../table/check-table.ts';
import type { PriceTable } from '../table/price-table.ts';
import { getText } from './get-text.ts';

/** What came back from the address of the table. */
export type Fetched =
  | { readonly kind: 'table'; readonly table: PriceTable; readonly etag: string | undefined }
  | { readonly kind: 'unchanged' }
  /** Something came that is no table. */
  | { readonly kind: 'bad'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string };

/** More than ten times the size of the table; a larger answer is something else. */
const MAX_BYTES = 8_000_000;

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Fetches the table from an address, unless it still carries the same ETag. Never rejects. */
export const fetchTable = async (url: string, etag: string | undefined, timeoutMs: number): Promise<Fetched> => {
  const got = await getText(url, { etag, timeoutMs, maxBytes: MAX_BYTES });
  if (got.kind === 'too_large') return { kind: 'bad', reason: 'it is far too large' };
  if (got.kind !== 'text') return got;
  const value = parse(got.text);
  const reason = tableFault(value);
  return reason === undefined ? { kind: 'table', table: value as PriceTable, etag: got.etag } : { kind: 'bad', reason };
};
