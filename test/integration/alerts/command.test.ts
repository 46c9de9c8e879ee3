/** `purser alerts` against what a real app left, and a real receiver. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runPreloaded } from '../../support/preloaded.ts';
import { type Receiver, startReceiver } from '../../unit/alerts/receiver.ts';
import { purser } from '../cli/purser.ts';

let directory: string;
let receiver: Receiver;
let env: Readonly<Record<string, string>>;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'purser-alerts-'));
  receiver = await startReceiver();
  const budget = { id: 'daily', unit: 'requests', limit: 1, window: 'day', mode: 'alert', thresholds: [1] };
  const channels = [
    { kind: 'webhook', name: 'own', url: receiver.url, secret: '${HOOK_SECRET}' },
    { kind: 'slack', url: '${SLACK_URL}', severity: 'error' },
  ];
  const file = join(directory, 'purser.config.json');
  writeFileSync(file, JSON.stringify({ budgets: [budget], alerts: { channels, outbox: join(directory, 'outbox') } }));
  env = { PURSER_CONFIG: file, HOOK_SECRET: 'not so secret', SLACK_URL: `${receiver.url}/T0/hush` };
});
afterEach(async () => {
  await receiver.close();
  rmSync(directory, { recursive: true, force: true });
});

test('an alert of an app is in the log, and listed while its receiver is away', async () => {
  receiver.answer = (response) => void response.writeHead(503).end();
  const file = join(directory, 'calls.jsonl');
  await runPreloaded('await openai.chat.completions.create(chat);', { ...env, PURSER_JSONL_FILE: file, PURSER_PRICING_MAX_AGE_MS: '3650d' });
  const lines = readFileSync(file, 'utf8').split('\n');
  expect(lines.filter((line) => line.includes('"purser.budget.threshold"'))).toHaveLength(1);
  const { stdout, code } = await purser(['alerts'], env, directory);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^waiting +own +\S+ +The budget "daily" has passed 100 % of its limit/m);
  expect(stdout).toMatch(/^waiting +slack /m);
  const { stdout: json } = await purser(['alerts', '--json'], env, directory);
  const letters = JSON.parse(json) as readonly { readonly state: string; readonly channel: string; readonly name: string }[];
  expect(letters.filter(({ name }) => name === 'purser.budget.threshold').map(({ state, channel }) => `${state} ${channel}`)).toEqual([
    'waiting own',
    'waiting slack',
  ]);
}, 60_000);

test('a test alert goes to the channel that is named, and to no other', async () => {
  const { stdout, stderr, code } = await purser(['alerts', 'test', 'slack'], env, directory);
  expect({ stdout, stderr, code }).toEqual({ stdout: 'The channel "slack" took the test alert.\n', stderr: '', code: 0 });
  expect(receiver.received.map(({ path }) => path)).toEqual(['/T0/hush']);
  expect(receiver.received[0]?.text).toContain('This is a test alert of Purser; nothing is wrong.');
}, 30_000);

test('a channel that does not take it, and one that there is not, are told of without a secret', async () => {
  receiver.answer = (response) => void response.writeHead(403).end('no');
  const refused = await purser(['alerts', 'test', 'slack'], env, directory);
  expect(refused).toMatchObject({ code: 1, stderr: 'The channel "slack" did not take the test alert: HTTP status 403.\n' });
  const none = await purser(['alerts', 'test', 'pager'], env, directory);
  expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('own, slack') as string });
  expect(`${refused.stderr}${none.stderr}`).not.toContain('hush');
}, 30_000);
