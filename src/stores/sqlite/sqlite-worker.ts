/** The thread that owns the file, so that waiting for other processes never holds up the app's event loop. */
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { openBook } from './open-book.ts';
import { packAnswer, type PackedAnswer, type PackedMessage, type PackedOperation, Unpacker } from './packed.ts';
import type { SqliteBook } from './sqlite-book.ts';
import type { FromWorker, SqliteWork, ToWorker } from './sqlite-operation.ts';

/** So many operations share one transaction at most. */
const MOST_AT_ONCE = 64;

const describe = (error: unknown): NonNullable<FromWorker['error']> => {
  const code = typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return { message: error instanceof Error ? error.message : String(error), code };
};

const { settings, bell } = workerData as SqliteWork;
const unpacker = new Unpacker();

const fromPacked = (packed: PackedOperation): ToWorker => ({
  number: packed[0],
  operation: unpacker.unpack(packed),
  nowMs: packed[4] === 0 ? undefined : packed[4],
});

const readMessage = (text: string): ToWorker => {
  const message = JSON.parse(text) as ToWorker | PackedMessage | PackedOperation;
  if ('operation' in message) return message;
  if (!('packed' in message)) return fromPacked(message);
  unpacker.learn(message);
  return fromPacked(message.packed);
};

let book: SqliteBook | undefined;

const runBatch = (batch: readonly ToWorker[]): readonly (FromWorker | PackedAnswer)[] => {
  book ??= openBook(settings);
  const answers = book.run(
    batch.map((message) => message.operation),
    batch[0]?.nowMs ?? Date.now(),
  );
  return batch.map(({ number }, index) => packAnswer(number, answers[index]) ?? { number, answer: answers[index] });
};

const answer = (port: MessagePort, batch: readonly ToWorker[]): void => {
  try {
    port.postMessage(JSON.stringify(runBatch(batch)), []);
  } catch (error) {
    port.postMessage(JSON.stringify(batch.map(({ number }): FromWorker => ({ number, error: describe(error) }))), []);
  }
};

const take = (port: MessagePort): ToWorker => {
  // The bell rings after the message is there.
  const { message } = receiveMessageOnPort(port) as { readonly message: string };
  return readMessage(message);
};

/** Works for as long as the store lives. Waiting for the bell wakes up sooner than an event loop, which this thread has no other use for. */
const work = (port: MessagePort): never => {
  let taken = 0;
  for (;;) {
    const rung = Atomics.load(bell, 0);
    if (rung === taken) {
      Atomics.wait(bell, 0, rung);
      continue;
    }
    const batch: ToWorker[] = [];
    do {
      batch.push(take(port));
      // The bell counts in 32 bits.
      taken = (taken + 1) | 0;
    } while (batch.length < MOST_AT_ONCE && batch[0]?.nowMs === undefined && Atomics.load(bell, 0) !== taken);
    answer(port, batch);
  }
};

if (parentPort !== null) work(parentPort);
