/** The keys of real SDKs in the ledger: told apart, the same on every way, and never shown. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readLedger } from '../../../src/ledger/read-ledger.ts';
import { runPreloaded } from '../../support/preloaded.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'purser-keys-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('one key has one fingerprint, through each SDK and on the wire, and another key another one', async () => {
  const { stderr } = await runPreloaded(
    `
    await openai.chat.completions.create(chat);
    await anthropic.messages.create(message);
    await genai.models.generateContent({ model: 'gemini-2.5-flash', contents: 'hello' });
    await gemini.generateContent('hello');
    const post = (authorization) => fetch(base + '/v1/chat/completions', { method: 'POST', headers: { authorization, 'content-type': 'application/json' }, body: JSON.stringify(chat) });
    await (await post('Bearer ' + key)).json();
    await (await post('Bearer another-test-key')).json();
    await (await post('Bearer ya29.lives-for-an-hour')).json();
    `,
    { PURSER_LEDGER_PATH: directory },
  );
  expect(stderr).toBe('');
  const keys: (string | undefined)[] = [];
  readLedger(directory, { sinceMs: 0, untilMs: Number.POSITIVE_INFINITY }, { files: 0, unreadable: 0 }, (_, { key }) => keys.push(key));
  const [first] = keys;
  expect(first).toMatch(/^[0-9a-f]{12}$/);
  expect(keys).toEqual([first, first, first, first, first, expect.stringMatching(/^[0-9a-f]{12}$/), undefined]);
  expect(keys[5]).not.toBe(first);
  const text = readdirSync(directory)
    .map((file) => readFileSync(join(directory, file), 'latin1'))
    .join('');
  expect(text).not.toMatch(/test-key|ya29/);
}, 60_000);
