import { expect, test } from 'vitest';
import { labelsOfFields } from '../../../src/runtime/request-fields.ts';
import { watchWire } from '../wire/watch-wire.ts';

test('known keys of metadata are labels, others are not', () => {
  expect(
    labelsOfFields({ metadata: { team: 'core', feature: 'search', tenant_id: 't1', user_id: 'u1', prompt_name: 'greet', prompt_version: '3', note: 'x' } }),
  ).toEqual({
    team: 'core',
    feature: 'search',
    tenant: 't1',
    user: 'u1',
    promptName: 'greet',
    promptVersion: '3',
  });
  expect(labelsOfFields({})).toBeUndefined();
  expect(labelsOfFields({ metadata: { note: 'x', feature: '' } })).toBeUndefined();
});

const labelsOf = async (url: string, body: object): Promise<unknown> => {
  const original: typeof fetch = async () => Promise.resolve(new Response('{}', { headers: { 'content-type': 'application/json' } }));
  const wire = watchWire({ original });
  await (await wire.fetch(url, { method: 'POST', body: JSON.stringify(body) })).json();
  return wire.seen[0]?.call.labels;
};

test('the fields of each SDK: user, safety_identifier, metadata, metadata.user_id', async () => {
  const messages = [{ role: 'user', content: 'hello' }];
  const chat = 'https://api.openai.com/v1/chat/completions';
  expect(await labelsOf(chat, { model: 'm', messages, user: 'u1' })).toEqual({ user: 'u1' });
  expect(await labelsOf(chat, { model: 'm', messages, user: 'u1', safety_identifier: 's1' })).toEqual({ user: 's1' });
  expect(await labelsOf(chat, { model: 'm', messages, metadata: { feature: 'search' } })).toEqual({ feature: 'search' });
  expect(await labelsOf('https://api.anthropic.com/v1/messages', { model: 'm', messages, max_tokens: 9, metadata: { user_id: 'a1' } })).toEqual({ user: 'a1' });
});
