import { isPrivateAddress } from '../match/provider-id.ts';
import { tableFault } from '../table/check-table.ts';
import type { PriceTable } from '../table/price-table.ts';

/** What came back from the address of the table. */
export type Fetched =
  | { readonly kind: 'table'; readonly table: PriceTable; readonly etag: string | undefined }
  | { readonly kind: 'unchanged' }
  /** Something came that is no table. */
  | { readonly kind: 'bad'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string };

/** More than ten times the size of the table; a larger answer is something else. */
const MAX_BYTES = 8_000_000;

const readBounded = async (response: Response): Promise<string | undefined> => {
  if (Number(response.headers.get('content-length') ?? 0) > MAX_BYTES) return undefined;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Fetches the table from an address, unless it still carries the same ETag. Never rejects. */
export const fetchTable = async (url: string, etag: string | undefined, timeoutMs: number): Promise<Fetched> => {
  if (!url.startsWith('https://') && !isPrivateAddress(url)) return { kind: 'failed', reason: 'the address is neither https nor on this network' };
  try {
    const headers: Record<string, string> = { accept: 'application/json', ...(etag === undefined ? {} : { 'if-none-match': etag }) };
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(timeoutMs) });
    if (response.status === 304) return { kind: 'unchanged' };
    if (!response.ok) {
      await response.body?.cancel();
      return { kind: 'failed', reason: `the answer was ${response.status}` };
    }
    const text = await readBounded(response);
    if (text === undefined) return { kind: 'bad', reason: 'it is far too large' };
    const value = parse(text);
    const reason = tableFault(value);
    if (reason !== undefined) return { kind: 'bad', reason };
    return { kind: 'table', table: value as PriceTable, etag: response.headers.get('etag') ?? undefined };
  } catch (error) {
    return { kind: 'failed', reason: error instanceof Error ? error.name : 'no answer' };
  }
};
