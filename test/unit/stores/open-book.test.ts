/** The file of budgets: opened by several at once, as when the workers of a service start together, and full. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { SqliteBook } from '../../../src/stores/sqlite/sqlite-book.ts';
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

test('a disk that is full is told as such, and what is there can be read', () => {
  const settings = { path: join(scratchFolder(), 'full.db'), durability: 'process' } as const;
  const database = new DatabaseSync(settings.path);
  const book = new SqliteBook(database, settings);
  database.exec('PRAGMA max_page_count = 40');
  const slots = { kind: 'fixed', candidates: [{ startMs: 0, endMs: 8_640_000_000_000_000 }] } as const;
  const settle = (number: number) => {
    const line = { key: `budget/${number}`, slots, limit: 1, amount: 1, enforce: true, thresholds: [], slotMs: 0 };
    return book.run([{ kind: 'settle', request: { id: `call-${number}`, lines: [line] } }], 1_800_000_000_000);
  };
  expect(() => {
    for (let number = 0; number < 5000; number += 1) settle(number);
  }).toThrow('database or disk is full');
  expect(book.run([{ kind: 'read', request: [{ key: 'budget/0', slots, limit: 1 }] }], 1_800_000_000_000)).toMatchObject([[{ committed: 1 }]]);
  book.close();
});
