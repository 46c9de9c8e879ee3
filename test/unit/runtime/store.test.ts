/** Which store budgets are kept in, where the config names one that cannot be had. */
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { resetDiag, setDiagSink } from '../../../src/base/diag.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { openLimitStore, openStore } from '../../../src/runtime/store.ts';
import { scratchFolder } from '../../support/scratch.ts';

afterEach(() => {
  setDiagSink(undefined);
  resetDiag();
});

test.each([
  [undefined, 'store.url beside it'],
  // A password with a percent sign as it is.
  ['redis://:p%zz@127.0.0.1:1', 'a store.url that its client can read (URI malformed)'],
])('Redis at %s: what is missing is said, and the process keeps budgets and limits itself', async (url, wanted) => {
  const said: string[] = [];
  setDiagSink({ fault: () => undefined, notice: (_, message) => void said.push(message) });
  const env = { PURSER_STORE_KIND: 'redis', PURSER_STORE_PATH: join(scratchFolder(), 'store'), ...(url === undefined ? {} : { PURSER_STORE_URL: url }) };
  const { config } = loadConfig({ env, cwd: '/', file: 'none' });
  const stores = [openStore(config, systemClock), openLimitStore(config, systemClock, 60_000)];
  expect(stores.map(({ name }) => name)).toEqual(['memory', 'memory']);
  expect(said).toEqual([
    expect.stringMatching(/^store\.kind is redis, wanted .*; budgets are kept in this process instead$/),
    expect.stringMatching(/^store\.kind is redis, wanted .*; each process counts its limits for itself$/),
  ]);
  for (const message of said) expect(message).toContain(wanted);
  for (const store of stores) await store.close();
});
