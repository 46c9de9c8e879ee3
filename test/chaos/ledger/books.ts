/** The three books of one run: the provider's bill, the ledger, and the store of budgets, each read by itself. */
import { DatabaseSync } from 'node:sqlite';
import { readLedger } from '../../../src/ledger/read-ledger.ts';
import type { BillSummary } from '../../support/local-provider/bill.ts';

/** What the provider charges for a token, in nano-dollars: its own list and not ours. */
const PRICE = { input: 150n, cached: 75n, output: 600n } as const;
const FIRST_INPUT = 1000;

/** A number of a call, and its nano-dollars. */
export type Book = ReadonlyMap<number, bigint>;

/** The bill by the numbers of calls. @throws when a number is billed twice */
export const readBill = async (url: string): Promise<Book> => {
  const bill = (await (await fetch(`${url}/__bill`)).json()) as BillSummary;
  const book = new Map<number, bigint>();
  for (const { tokens } of bill.calls) {
    const number = tokens.input - FIRST_INPUT;
    if (book.has(number)) throw new Error(`call ${number} is billed twice`);
    book.set(number, BigInt(tokens.input - tokens.cached) * PRICE.input + BigInt(tokens.cached) * PRICE.cached + BigInt(tokens.output) * PRICE.output);
  }
  if (book.size !== bill.requests) throw new Error('the provider did not keep every line of its bill');
  return book;
};

/** The ledger: by number, and the number of each call's id. */
export interface LedgerBook {
  readonly book: Book;
  readonly ids: ReadonlyMap<string, number>;
  readonly unreadable: number;
  readonly files: number;
}

/** The ledger by the numbers of calls. @throws when a call is in it twice or without a price */
export const readLedgerBook = (directory: string): LedgerBook => {
  const book = new Map<number, bigint>();
  const ids = new Map<string, number>();
  const notes = { files: 0, unreadable: 0 };
  readLedger(directory, { sinceMs: 0, untilMs: Number.POSITIVE_INFINITY }, notes, ({ id, nano, usage, outcome }) => {
    const number = (usage?.input ?? 0) + (usage?.cacheRead ?? 0) - FIRST_INPUT;
    if (nano === undefined || outcome !== 'completed') throw new Error(`call ${id} ended as ${outcome}, without a price`);
    if (book.has(number) || ids.has(id)) throw new Error(`call ${number} is in the ledger twice`);
    book.set(number, BigInt(nano));
    ids.set(id, number);
  });
  return { book, ids, ...notes };
};

/** The store: what is charged and held in all, and its record of each call. */
export interface StoreBook {
  readonly committed: bigint;
  readonly reserved: bigint;
  readonly calls: readonly { readonly id: string; readonly state: string; readonly amount: bigint }[];
}

/** Reads the file of the store as it lies there, past our own code. */
export const readStore = (path: string): StoreBook => {
  const database = new DatabaseSync(path, { readOnly: true });
  const rows = database.prepare('SELECT id, state, lines FROM calls').all();
  const cells = database.prepare('SELECT committed, reserved FROM cells').all();
  database.close();
  const sum = (name: string): bigint => cells.reduce((total, cell) => total + BigInt(Number(cell[name])), 0n);
  const calls = rows.map(({ id, state, lines }) => ({
    id: String(id),
    state: String(state),
    amount: (JSON.parse(String(lines)) as readonly (readonly [string, number, number])[]).reduce((total, [, , amount]) => total + BigInt(amount), 0n),
  }));
  return { committed: sum('committed'), reserved: sum('reserved'), calls };
};
