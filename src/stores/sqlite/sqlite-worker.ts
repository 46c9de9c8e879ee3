/** The thread that owns the file, so that waiting for other processes never holds up the app's event loop. */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { openBook } from './open-book.ts';
import type { SqliteBook, SqliteSettings } from './sqlite-book.ts';
import type { FromWorker, ToWorker } from './sqlite-operation.ts';

/** So many operations share one transaction at most. */
const MOST_AT_ONCE = 64;

const describe = (error: unknown): NonNullable<FromWorker['error']> => {
  const code = typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return { message: error instanceof Error ? error.message : String(error), code };
};

let book: SqliteBook | undefined;

const runBatch = (batch: readonly ToWorker[]): readonly FromWorker[] => {
  book ??= openBook(workerData as SqliteSettings);
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
