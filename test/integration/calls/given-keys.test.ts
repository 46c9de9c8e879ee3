/** A careless host repeats the key in its error; a key of no known form is found by its value alone. */
import { expect, test } from 'vitest';
import { runPreloaded } from '../../support/preloaded.ts';

test('a key is known by its value however the client comes by it: from a function, anew for each call, or on the request alone', async () => {
  const { spans, raw } = await runPreloaded(`
    let count = 0;
    const given = async () => 'ship-purser-key-' + ++count;
    const echo = { ...scripted({ status: 401, echo: 1 }), maxRetries: 0 };
    const tried = (call) => call.catch(() => undefined);
    const chats = new OpenAI({ apiKey: given, baseURL: base + '/v1' });
    await tried(chats.chat.completions.create(chat, echo));
    await tried(chats.chat.completions.create(chat, echo));
    await tried(new Anthropic({ apiKey: given, baseURL: base }).messages.create(message, echo));
    await tried(new GoogleGenAI({ apiKey: await given(), httpOptions: { baseUrl: base } }).interactions.create({ model: 'gemini-2.5-flash', input: 'hello [[local status=401 echo=1]]' }));
    const headers = { ...echo.headers, authorization: 'Bearer ' + (await given()), 'content-type': 'application/json' };
    await (await fetch(base + '/v1/chat/completions', { method: 'POST', headers, body: JSON.stringify(chat) })).text();`);
  expect(raw).not.toContain('ship-purser-key');
  expect(spans.map(({ attributes }) => attributes['error.type'])).toEqual(['401', '401', '401', '401', '401']);
  expect(raw.match(/\[REDACTED:own-secret\]/g)?.length).toBeGreaterThanOrEqual(10);
});
