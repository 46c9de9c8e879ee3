import { expect, test } from 'vitest';
import { runPreloaded } from '../../support/preloaded.ts';

const formsOf = (script: object): string => `
  const client = openai.withOptions({ defaultHeaders: scripted(${JSON.stringify(script)}).headers });
  const seen = {};
  seen.plain = []; for await (const c of await client.chat.completions.create({ ...chat, stream: true })) seen.plain.push(c);
  const [a, b] = (await client.chat.completions.create({ ...chat, stream: true })).tee();
  seen.tee = []; for await (const c of a) seen.tee.push(c); for await (const c of b) seen.tee.push(c);
  seen.text = await (await client.chat.completions.create({ ...chat, stream: true }).asResponse()).text();
  const reader = (await client.chat.completions.create({ ...chat, stream: true }).asResponse()).body.getReader();
  seen.reader = ''; for (;;) { const { done, value } = await reader.read(); if (done) break; seen.reader += Buffer.from(value).toString(); }
  seen.helper = await client.chat.completions.stream(chat).finalChatCompletion();
  seen.asked = []; for await (const c of await client.chat.completions.create({ ...chat, stream: true, stream_options: { include_usage: true } })) seen.asked.push(c);
  seen.declined = []; for await (const c of await client.chat.completions.create({ ...chat, stream: true, stream_options: { include_usage: false } })) seen.declined.push(c);
  print(JSON.parse(JSON.stringify(seen).replaceAll(/L0cal[0-9A-Za-z]+/g, 'ID')));
`;

/** Answers as providers send them, and as the standard and the SDK allow them as well. */
const SCRIPTS = [{}, { type: 'none', framing: 'mark,fields' }, { type: 'upper', framing: 'crlf,tight,open', wide: 1 }];

test.each(SCRIPTS)('usage is asked for on a known host, and the app sees the stream that it would have had in every form, %o', async (script) => {
  const forms = formsOf(script);
  const [bare, asked] = await Promise.all([runPreloaded(forms), runPreloaded(forms, { PURSER_ASK_USAGE_HOSTS: '127.0.0.1' })]);
  expect(asked.printed).toEqual(bare.printed);
  const tokens = (run: typeof bare): unknown[] => run.spans.map(({ attributes }) => attributes['gen_ai.usage.output_tokens']);
  expect(tokens(bare)).toEqual([undefined, undefined, undefined, undefined, undefined, 8, undefined]);
  // Where the app itself declined, its word stands.
  expect(tokens(asked)).toEqual([8, 8, 8, 8, 8, 8, undefined]);
});
