/** What a service that is named when it is started keeps, looked for from a shell that knows nothing of its name. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runPreloaded } from '../../support/preloaded.ts';
import { purser } from './purser.ts';

let directory: string;
let env: Readonly<Record<string, string>>;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'purser-apart-'));
  const file = join(directory, 'purser.config.json');
  const channels = [{ kind: 'webhook', url: 'http://127.0.0.1:9/' }];
  writeFileSync(file, JSON.stringify({ budgets: [{ id: 'day', unit: 'requests', limit: 1, window: 'day', thresholds: [1] }], alerts: { channels } }));
  env = { PURSER_CONFIG: file, TMPDIR: directory };
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const call = (more: Readonly<Record<string, string>>) =>
  runPreloaded('await openai.chat.completions.create(chat);', { ...env, PURSER_STORE_PATH: '', ...more });
const spentIn = (stdout: string): string | undefined => /^day +alert +1 request +(\S+)/m.exec(stdout)?.[1];

test('budgets and alerts of a service with a name are not shown as nothing: the command says where they are', async () => {
  await call({ OTEL_SERVICE_NAME: 'shop' });
  const unnamed = await purser(['budgets'], env, directory);
  const advice = 'No service is named here, and budgets of services with a name are kept apart: shop. To see theirs: OTEL_SERVICE_NAME=shop purser budgets\n';
  expect({ ...unnamed, stdout: spentIn(unnamed.stdout) }).toMatchObject({ code: 0, stdout: '0', stderr: advice });
  const named = await purser(['budgets'], { ...env, OTEL_SERVICE_NAME: 'shop' }, directory);
  expect({ ...named, stdout: spentIn(named.stdout) }).toMatchObject({ code: 0, stdout: '1', stderr: '' });
  const alerts = await purser(['alerts'], env, directory);
  expect(alerts).toMatchObject({
    stdout: 'No alert waits.\n',
    stderr: expect.stringMatching(/alerts of .*: shop\. .*OTEL_SERVICE_NAME=shop purser alerts\n$/) as string,
  });
  expect((await purser(['alerts'], { ...env, OTEL_SERVICE_NAME: 'shop' }, directory)).stdout).toContain('has passed 100 %');
}, 60_000);

test('services with a file of SQLite each are told of as well, and not where the config names one file for all', async () => {
  await call({ OTEL_SERVICE_NAME: 'search', PURSER_STORE_KIND: 'sqlite' });
  const apart = await purser(['budgets'], { ...env, PURSER_STORE_KIND: 'sqlite' }, directory);
  expect(apart.stderr).toContain('kept apart: search. To see');
  const shared = { ...env, PURSER_STORE_KIND: 'sqlite', PURSER_STORE_PATH: join(directory, 'all.sqlite') };
  expect((await purser(['budgets'], shared, directory)).stderr).toBe('');
}, 60_000);
