import type {
  Change,
  ChangeRecord,
  ExtendAnswer,
  ExtendRequest,
  LineState,
  ReserveAnswer,
  ReserveRequest,
  SettleAnswer,
  SettleRequest,
  StateQuestion,
} from '../../call/budget-store.ts';
import type { SqliteSettings } from './sqlite-book.ts';

/** What the store's thread can be asked, and what it answers. */
export interface SqliteOperations {
  readonly reserve: { readonly request: ReserveRequest; readonly answer: ReserveAnswer };
  readonly extend: { readonly request: ExtendRequest; readonly answer: ExtendAnswer };
  readonly settle: { readonly request: SettleRequest; readonly answer: SettleAnswer };
  readonly read: { readonly request: readonly StateQuestion[]; readonly answer: readonly LineState[] };
  readonly keys: { readonly request: string; readonly answer: readonly string[] };
  readonly change: { readonly request: Change; readonly answer: ChangeRecord };
  readonly changes: { readonly request: undefined; readonly answer: readonly ChangeRecord[] };
}

/** One operation on its way to the thread. */
export type SqliteOperation = { [K in keyof SqliteOperations]: { readonly kind: K; readonly request: SqliteOperations[K]['request'] } }[keyof SqliteOperations];

/** What the thread is started with. */
export interface SqliteWork {
  readonly settings: SqliteSettings;
  /** The memory of the rings of operations and of answers; `undefined` where all goes as messages. */
  readonly rings: { readonly operations: SharedArrayBuffer; readonly answers: SharedArrayBuffer } | undefined;
}

/** An operation with its number; as a message it is a text. */
export interface ToWorker {
  readonly number: number;
  readonly operation: SqliteOperation;
  /** Stands in for the thread's clock in tests. */
  readonly nowMs: number | undefined;
}

/** An answer. A message has a list of them as a text; an empty text only says that there are answers in the ring. */
export interface FromWorker {
  readonly number: number;
  readonly answer?: unknown;
  readonly error?: { readonly message: string; readonly code: string | undefined };
}
