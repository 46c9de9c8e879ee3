/** Worker threads of one process, each with a store in memory: nothing that one of them spent is lost in the journals. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { openJournalView } from '../../../src/stores/memory/journal-reader.ts';
import { compiledOnce } from '../../support/compiled-once.ts';

const slots = { kind: 'fixed', candidates: [{ startMs: 0, endMs: 8_640_000_000_000_000 }] } as const;
const from = new URL('../../../src/', import.meta.url).href;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'purser-threads-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

// Each thread spends 10, the main one at both ends of its life.
const SCRIPT = `
import { Worker, isMainThread, workerData } from 'node:worker_threads';
const { setDiagSink } = await import('${from}base/diag.ts');
const { MemoryStore } = await import('${from}stores/memory/memory-store.ts');
setDiagSink({ fault() {}, notice: (_, message) => console.log(message) });
const directory = process.argv[2] ?? workerData;
const slots = ${JSON.stringify(slots)};
const clock = { nowMs: Date.now, monotonicMs: () => performance.now() };
const store = new MemoryStore({ clock, journal: { directory, durability: 'process' } });
const spend = (id) => {
  const line = { key: 'b', slots, limit: 1000, amount: 10, enforce: true, thresholds: [] };
  store.reserve({ id, leaseMs: 60000, lines: [line] });
  store.settle({ id, lines: [{ ...line, slotMs: 0 }] });
};
const thread = () => new Promise((resolve) => new Worker(new URL(import.meta.url), { workerData: directory }).once('exit', resolve));
spend('first');
if (isMainThread) {
  await Promise.all([thread(), thread(), thread()]);
  await thread();
  spend('last');
}
`;

const run = async (): Promise<string> => {
  const file = join(directory, 'threads.mjs');
  writeFileSync(file, SCRIPT);
  const { stdout } = await promisify(execFile)(process.execPath, [file, directory], { env: compiledOnce() });
  return stdout;
};

const spent = async (): Promise<number | undefined> => (await openJournalView(directory, systemClock).read([{ key: 'b', slots, limit: 1000 }]))[0]?.committed;

test('what all threads spent is in the journals, and that each has the whole limit is said once', { timeout: 20_000 }, async () => {
  const said = await run();
  expect(await spent()).toBe(60);
  expect(said.match(/several threads of this process/g)).toHaveLength(1);
  // The main thread and three at a time: the thread that came last took the journal of one that had ended.
  expect(readdirSync(directory).filter((name) => name.endsWith('.journal')).length).toBeLessThanOrEqual(4);
  await run();
  expect(await spent()).toBe(120);
});

test('locks of an earlier process with the same id hold nobody up, as in a container that starts again', { timeout: 20_000 }, async () => {
  await run();
  const locks = readdirSync(directory).filter((name) => name.endsWith('.lock'));
  // The threads have left their journals, the process has not.
  expect(locks).toEqual(['budgets.journal.lock']);
  const { takeSeat } = await import('../../../src/stores/memory/journal-seat.ts');
  for (const lock of ['budgets.journal.lock', 'budgets.1.journal.lock']) writeFileSync(join(directory, lock), `${process.pid} ${hostname()} 12345 3`);
  const seat = takeSeat(directory);
  expect(seat.file).toBe('budgets.journal');
  seat.leave();
});
