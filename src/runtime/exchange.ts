import type { Connection, ReadAttempt } from '../call/adapter.ts';

/** An exchange that was answered, to be read when the call is told of. */
export class Exchange {
  readonly read: ReadAttempt;
  readonly atMs: number;
  readonly connection: Connection | undefined;

  constructor(read: ReadAttempt, atMs: number, connection: Connection | undefined) {
    this.read = read;
    this.atMs = atMs;
    this.connection = connection;
  }
}
