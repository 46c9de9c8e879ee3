/** A change of the config file while the process runs. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { pollFile } from '../../../src/config/file-poll.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { watchReload } from '../../../src/runtime/reload.ts';
import { SqliteStore } from '../../../src/stores/sqlite/sqlite-store.ts';
import { scratchFolder } from '../../support/scratch.ts';

test('where one part cannot take its settings the others have theirs, and the app hears nothing of it', () => {
  const file = join(scratchFolder(), 'purser.config.yaml');
  writeFileSync(file, 'reload: { interval_ms: 0 }\n');
  const taken: string[] = [];
  const takes = (name: string) => ({ reload: () => void taken.push(name) });
  const watch = watchReload(loadConfig({ env: {}, cwd: '/', file }), {
    before: () => undefined,
    budgets: {
      ...takes('budgets'),
      reload: () => {
        throw new Error('no folder');
      },
    },
    limits: takes('limits'),
    alerts: takes('alerts'),
    watches: takes('watches'),
    labels: takes('labels'),
    meter: { add: () => undefined },
  } as unknown as Parameters<typeof watchReload>[1]);
  writeFileSync(file, 'budgets: [{ id: day, limit: 1 }]\nlimits: [{ id: rpm, limit: 5 }]\n');
  expect(() => watch.check()).not.toThrow();
  expect(taken).toEqual(['labels', 'watches', 'limits']);
  watch.stop();
});

test('a fault of whoever is told that a file has changed stays with us', async () => {
  const file = join(scratchFolder(), 'watched');
  writeFileSync(file, '1');
  const told = vi.fn(() => {
    throw new Error('a fault');
  });
  const stop = pollFile(file, 20, told);
  writeFileSync(file, '22');
  // What it throws would end the process, as it would end this run.
  await vi.waitFor(() => expect(told).toHaveBeenCalled(), 5000);
  stop();
});

test('a file of budgets in a folder that cannot be made holds up no start: the first question says why', async () => {
  const file = join(scratchFolder(), 'a-file');
  writeFileSync(file, '');
  const store = new SqliteStore({ path: join(file, 'below', 'budgets.sqlite'), durability: 'process' });
  expect(() => store.warmUp()).not.toThrow();
  await expect(store.read([])).rejects.toMatchObject({ code: 'ENOTDIR' });
  await store.close();
});
