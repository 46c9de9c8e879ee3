/** Processes that start together behind a killed one, as the workers of a host do. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../../support/scratch.ts';

const WORKERS = 6;
const ROUNDS = 50;

const heard = async (worker: ChildProcess): Promise<unknown> => (await once(worker, 'message'))[0];

test('of several that start at the same moment each takes over a journal of its own', { timeout: 30_000 }, async () => {
  const workers = Array.from({ length: WORKERS }, () => fork(join(import.meta.dirname, 'seat-taker.ts')));
  await Promise.all(workers.map(heard));
  for (let round = 0; round < ROUNDS; round += 1) {
    const directory = scratchFolder();
    for (const file of ['budgets.journal', 'budgets.1.journal', 'budgets.2.journal']) writeFileSync(join(directory, `${file}.lock`), `999999999 ${hostname()}`);
    const answers = workers.map(heard);
    for (const worker of workers) worker.send({ directory, atMs: Date.now() + 8 });
    expect(new Set(await Promise.all(answers)).size).toBe(WORKERS);
  }
  for (const worker of workers) worker.kill();
});
