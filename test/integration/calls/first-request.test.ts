import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runPreloaded } from '../../support/preloaded.ts';
import { scratchFolder } from '../../support/scratch.ts';

/** An app without an SDK's package, as a bundle is one, which asks a model for each request; two come at once as soon as it listens, and one later. */
const APP = `
import { createServer, get } from 'node:http';
const sent = { method: 'POST', headers: { 'content-type': 'application/json', authorization: 'Bearer ' + key }, body: JSON.stringify(chat) };
const server = createServer(async (_, response) => response.end(await (await fetch(base + '/v1/chat/completions', sent)).text()));
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const request = (user) => new Promise((ended) => get({ port: server.address().port, headers: { 'x-user': user } }, (answer) => answer.resume().on('end', ended)));
await Promise.all([request('ann'), request('bob')]);
await request('cid');
server.close();`;

const users = async (env: Readonly<Record<string, string>>): Promise<readonly string[]> => {
  const { spans, stderr } = await runPreloaded(APP, env);
  expect(stderr).toBe('');
  return spans.map(({ attributes }) => String(attributes['purser.user'])).toSorted((a, b) => a.localeCompare(b));
};

test('the first request that an app serves gives its labels to the first call, where the environment names them', async () => {
  expect(await users({ PURSER_LABELS_HEADERS: 'x-user=user' })).toEqual(['ann', 'bob', 'cid']);
});

test('the first request that an app serves gives its labels to the first call, where the config file names them and the request comes at once', async () => {
  const file = join(scratchFolder(), 'purser.config.json');
  writeFileSync(file, JSON.stringify({ labels: { headers: { 'x-user': 'user' } } }));
  expect(await users({ PURSER_CONFIG: file })).toEqual(['ann', 'bob', 'cid']);
});
