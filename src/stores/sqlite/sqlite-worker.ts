/** The thread that owns the file, so that waiting for other processes never holds up the app's event loop. */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { SqliteBook, type SqliteSettings } from './sqlite-book.ts';
import type { FromWorker, ToWorker } from './sqlite-operation.ts';

/** So many operations share one transaction at most. */
const MOST_AT_ONCE = 64;

// Node 22 warns that its SQLite is experimental. The warning is silenced in this thread only, before the module is loaded.
process.emitWarning = () => undefined;

const describe = (error: unknown): NonNullable<FromWorker['error']> => {
  const code = typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return { message: error instanceof Error ? error.message : String(error), code };
};

let book: SqliteBook | undefined;

const openBook = (): SqliteBook => {
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
  return new SqliteBook((path) => new DatabaseSync(path), workerData as SqliteSettings);
};

const runBatch = (batch: readonly ToWorker[]): readonly FromWorker[] => {
  book ??= openBook();
  const nowMs = batch[0]?.nowMs ?? Date.now();
  const answers = book.run(
    batch.map((message) => message.operation),
    nowMs,
  );
  return batch.map(({ number }, index) => ({ number, answer: answers[index] }));
};

const port = parentPort;
port?.on('message', (text: string) => {
  const first = JSON.parse(text) as ToWorker;
  const batch = [first];
  while (batch.length < MOST_AT_ONCE && first.nowMs === undefined) {
    const more: { message: string } | undefined = receiveMessageOnPort(port);
    if (more === undefined) break;
    batch.push(JSON.parse(more.message) as ToWorker);
  }
  try {
    port.postMessage(JSON.stringify(runBatch(batch)), []);
  } catch (error) {
    port.postMessage(JSON.stringify(batch.map(({ number }): FromWorker => ({ number, error: describe(error) }))), []);
  }
});
