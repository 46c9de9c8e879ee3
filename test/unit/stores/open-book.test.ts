/** Opening the file of budgets, by several at once as when the workers of a service start together. */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { scratchFolder } from '../../support/scratch.ts';

const module = new URL('../../../src/stores/sqlite/open-book.ts', import.meta.url).href;
const THREADS = 6;
const FILES = 60;

test('a new file that several open at the same moment is opened by each of them', async () => {
  const turn = new Int32Array(new SharedArrayBuffer(4));
  const code = `
    import { parentPort, workerData } from 'node:worker_threads';
    import { openBook } from '${module}';
    const faults = [];
    for (let file = 0; file < ${FILES}; file += 1) {
      Atomics.add(workerData.turn, 0, 1);
      while (Atomics.load(workerData.turn, 0) < ${THREADS} * (file + 1));
      try {
        openBook({ path: workerData.path + file, durability: 'process' }).close();
      } catch (error) {
        faults.push(error.message);
      }
    }
    parentPort.postMessage(faults);`;
  const workerData = { turn, path: join(scratchFolder(), 'new-') };
  const faults = await Promise.all(
    Array.from({ length: THREADS }, () => {
      const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`), { workerData, execArgv: [], env: {} });
      return new Promise<readonly string[]>((resolve, reject) => {
        worker.once('message', resolve);
        worker.once('error', reject);
      });
    }),
  );
  expect(faults.flat()).toEqual([]);
});
