/** The thread that owns the file, so that waiting for other processes never holds up the app's event loop. */
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { openBook } from './open-book.ts';
import { type TeachingMessage, Unpacker, writeAnswer } from './packed.ts';
import { IN_A_MESSAGE, SharedRing } from './shared-ring.ts';
import type { SqliteBook } from './sqlite-book.ts';
import type { FromWorker, SqliteWork, ToWorker } from './sqlite-operation.ts';

/** So many operations share one transaction at most. */
const MOST_AT_ONCE = 64;
/** How long the thread stays awake for the next operation, in milliseconds, when the last one came as soon as that after an answer. */
const AWAKE_MS = 0.05;

const describe = (error: unknown): NonNullable<FromWorker['error']> => {
  const code = typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return { message: error instanceof Error ? error.message : String(error), code };
};

const { settings, rings } = workerData as SqliteWork;
const unpacker = new Unpacker();

const readMessage = (text: string): ToWorker => {
  const message = JSON.parse(text) as ToWorker | TeachingMessage;
  if ('lines' in message) unpacker.learn(message);
  return message;
};

const received = (port: MessagePort): string | undefined => receiveMessageOnPort(port)?.message as string | undefined;

let book: SqliteBook | undefined;

const runBatch = (batch: readonly ToWorker[]): readonly FromWorker[] => {
  try {
    book ??= openBook(settings);
    const answers = book.run(
      batch.map((message) => message.operation),
      batch[0]?.nowMs ?? Date.now(),
    );
    return batch.map(({ number }, index) => ({ number, answer: answers[index] }));
  } catch (error) {
    return batch.map(({ number }) => ({ number, error: describe(error) }));
  }
};

/** Gives answers by the ring where they fit, by a message where not, and wakes whoever does not look. */
const answerBy = (ring: SharedRing, port: MessagePort, answers: readonly FromWorker[]): void => {
  let others: FromWorker[] | undefined;
  let isWanted = false;
  for (const answer of answers) {
    if (answer.error === undefined && writeAnswer(ring, answer.number, answer.answer)) isWanted = ring.send(true);
    else (others ??= []).push(answer);
  }
  if (others !== undefined) port.postMessage(JSON.stringify(others), []);
  else if (isWanted) port.postMessage('', []);
};

const take = (ring: SharedRing, port: MessagePort): ToWorker => {
  const at = ring.next;
  // The message is there before it is counted.
  const message = at === IN_A_MESSAGE ? readMessage(received(port) ?? '') : unpacker.read(ring, at);
  ring.taken();
  return message;
};

/** Works for as long as the store lives. Waiting for shared memory wakes up sooner than an event loop, which this thread has no other use for. */
const work = (port: MessagePort, operations: SharedRing, answers: SharedRing): never => {
  let answeredMs = -1;
  operations.isAwake = true;
  for (;;) {
    while (operations.isEmpty) operations.sleep();
    const isSoon = performance.now() < answeredMs + AWAKE_MS;
    const batch: ToWorker[] = [];
    do batch.push(take(operations, port));
    while (batch.length < MOST_AT_ONCE && batch[0]?.nowMs === undefined && !operations.isEmpty);
    answerBy(answers, port, runBatch(batch));
    answeredMs = performance.now();
    // Waking up takes as long as the work. A process that asks now and then is not waited for.
    if (isSoon) while (operations.isEmpty && performance.now() < answeredMs + AWAKE_MS);
  }
};

const workByMessages = (port: MessagePort): void => {
  port.on('message', (first: string) => {
    const batch = [readMessage(first)];
    while (batch.length < MOST_AT_ONCE && batch[0]?.nowMs === undefined) {
      const next = received(port);
      if (next === undefined) break;
      batch.push(readMessage(next));
    }
    port.postMessage(JSON.stringify(runBatch(batch)), []);
  });
};

if (parentPort !== null) {
  if (rings === undefined) workByMessages(parentPort);
  else work(parentPort, new SharedRing(rings.operations), new SharedRing(rings.answers));
}
