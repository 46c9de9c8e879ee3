import { describe, expect, test } from 'vitest';
import { runPreloaded } from '../../support/preloaded.ts';

const outcomes = (spans: readonly { readonly attributes: Readonly<Record<string, unknown>> }[]): unknown[] =>
  spans.map(({ attributes }) => attributes['purser.outcome']);

describe('every call ends its span exactly once', () => {
  test('a stream that is broken off is cancelled, with what is known', async () => {
    const { spans } = await runPreloaded(
      `for await (const c of await openai.chat.completions.create({ ...chat, stream: true }, scripted({ chunks: 200, interval: 5 }))) if (c.choices[0]?.delta.content) break;`,
    );
    expect(outcomes(spans)).toEqual(['cancelled']);
    expect(spans[0]?.attributes['gen_ai.response.model']).toBe('gpt-5.4');
  });

  test('an aborted call is cancelled, and no error of the app', async () => {
    const { spans } = await runPreloaded(`
      const c = new AbortController();
      setTimeout(() => c.abort(), 30);
      await openai.chat.completions.create(chat, { ...scripted({ latency: 2000 }), signal: c.signal }).catch(() => {});`);
    expect(outcomes(spans)).toEqual(['cancelled']);
    expect(spans[0]?.status).toBe('unset');
  });

  test('what the app aborts with is no failure, of whatever kind it is and whoever tells it; a time that ran out is one', async () => {
    const { spans, printed } = await runPreloaded(`
      const off = (reason, after = 40) => { const c = new AbortController(); setTimeout(() => c.abort(reason), after); return { signal: c.signal }; };
      const tried = async (work) => { try { print(await work()); } catch (e) { print(e?.message ?? e); } };
      const asked = (more, script, signal) => fetch(base + '/v1/chat/completions', { method: 'POST', ...signal, headers: { 'content-type': 'application/json', ...scripted(script).headers }, body: JSON.stringify({ ...chat, ...more }) });
      await tried(() => asked({}, { latency: 2000 }, off(new Error('the user left'))));
      await tried(async () => (await asked({ stream: true }, { interval: 20, chunks: 100 }, off('gone'))).text());
      await tried(async () => { for await (const _ of await openai.chat.completions.create({ ...chat, stream: true }, { ...scripted({ interval: 20, chunks: 100 }), ...off(new Error('the user left')) })); return null; });
      await tried(() => asked({}, { latency: 2000 }, { signal: AbortSignal.timeout(40) }));`);
    expect(printed).toEqual(['the user left', 'gone', null, 'The operation was aborted due to timeout']);
    expect(outcomes(spans)).toEqual(['cancelled', 'cancelled', 'cancelled', 'failed']);
  });

  test('a call that is called off before it is sent is cancelled without an exchange', async () => {
    const { spans } = await runPreloaded(`
      const signal = AbortSignal.abort();
      await openai.chat.completions.create(chat, { signal }).catch(() => {});
      await anthropic.messages.create(message, { signal }).catch(() => {});
      await genai.models.generateContent({ model: 'gemini-2.5-flash', contents: 'hello', config: { abortSignal: signal } }).catch(() => {});`);
    expect(outcomes(spans)).toEqual(['cancelled', 'cancelled', 'cancelled']);
    expect(spans.map(({ attributes }) => attributes['purser.attempts'])).toEqual([0, 0, 0]);
  });

  test('a call that took an SDK of Google too long has failed, though its error is that of an abort; one that the app aborts has not', async () => {
    const { spans, printed } = await runPreloaded(`
      const contents = 'hello [[local latency=1000]]';
      const tried = (call) => call.catch((e) => print(e.name));
      const ask = (config) => tried(genai.models.generateContent({ model: 'gemini-2.5-flash', contents, config }));
      const late = new GoogleGenerativeAI(key).getGenerativeModel({ model: 'gemini-2.5-flash' }, { baseUrl: base, timeout: 30 });
      await ask({ httpOptions: { timeout: 30 } });
      await tried(late.generateContent(contents));
      const c = new AbortController();
      setTimeout(() => c.abort(), 30);
      await Promise.all([ask({ abortSignal: c.signal, httpOptions: { timeout: 5000 } }), tried(gemini.generateContent(contents, { signal: c.signal }))]);
      const stream = await genai.models.generateContentStream({ model: 'gemini-2.5-flash', contents: 'hello [[local stall=3]]', config: { httpOptions: { timeout: 60 } } });
      try { for await (const _ of stream); } catch (e) { print(e.name); }`);
    expect(printed).toHaveLength(5);
    expect(outcomes(spans)).toEqual(['failed', 'failed', 'cancelled', 'cancelled', 'failed']);
    expect(spans[0]?.attributes['error.type']).toBe('AbortError');
  });

  test('a socket that is cut in mid-stream fails the call', async () => {
    const { spans, printed } = await runPreloaded(`
      try { for await (const c of await anthropic.messages.create({ ...message, stream: true }, { ...scripted({ cut: 3 }), maxRetries: 0 })); } catch (e) { print(e.message); }`);
    expect(printed).toEqual(['terminated']);
    expect(outcomes(spans)).toEqual(['failed']);
    expect(spans[0]).toMatchObject({ status: 'error', attributes: { 'error.type': 'UND_ERR_SOCKET' } });
  });

  test('an answer that somebody reads already stays a completed one, whatever a second reader is told, as wrappers of other tools make one', async () => {
    const { spans, printed } = await runPreloaded(`
      const tried = (read) => read.then(() => 'read', (e) => e.name);
      const wrapped = openai.chat.completions.create(chat);
      print(await Promise.all([tried(wrapped.then((c) => c)), tried(wrapped.asResponse().then((r) => r.json()))]));
      const twice = await openai.chat.completions.create(chat).asResponse();
      print([await tried(twice.text()), await tried(twice.text())]);
      const { body, ...streamed } = await anthropic.messages.create({ ...message, stream: true }).asResponse().then((r) => ({ body: r.body, r }));
      const reader = body.getReader();
      print(await tried(streamed.r.text()));
      while (!(await reader.read()).done);`);
    expect(printed).toEqual([['read', 'TypeError'], ['read', 'TypeError'], 'TypeError']);
    expect(outcomes(spans)).toEqual(['completed', 'completed', 'completed']);
    expect(spans.map(({ attributes }) => attributes['gen_ai.usage.output_tokens'])).toEqual([8, 8, 8]);
  });

  test('an error event inside a stream of status 200 fails the call', async () => {
    const { spans } = await runPreloaded(`
      for (const run of [() => openai.chat.completions.create({ ...chat, stream: true }, scripted({ 'stream-error': 2 })), () => anthropic.messages.create({ ...message, stream: true }, scripted({ 'stream-error': 2 }))])
        try { for await (const c of await run()); } catch {}`);
    expect(outcomes(spans)).toEqual(['failed', 'failed']);
    expect(spans.every(({ attributes }) => attributes['error.type'] !== undefined && attributes['error.type'] !== '200')).toBe(true);
  });

  test('a stream that nobody reads is abandoned once it is collected', async () => {
    const { spans } = await runPreloaded(`
      await (async () => void (await openai.chat.completions.create({ ...chat, stream: true })))();
      for (let i = 0; i < 20; i++) { gc(); await new Promise((r) => setTimeout(r, 10)); }`);
    expect(outcomes(spans)).toEqual(['abandoned']);
    expect(spans[0]?.attributes['purser.abandoned.reason']).toBe('collected');
  });

  test('a stream that is dropped or called off took as long as something of it came, however late that is noticed', async () => {
    const { spans } = await runPreloaded(`
      const late = scripted({ latency: 200 });
      await (async () => void (await openai.chat.completions.create({ ...chat, stream: true }, late)))();
      const held = await anthropic.messages.create({ ...message, stream: true }, late);
      held.controller.abort();
      await new Promise((r) => setTimeout(r, 2000));
      for (let i = 0; i < 20; i++) { gc(); await new Promise((r) => setTimeout(r, 10)); }
      globalThis.held = held;`);
    expect(outcomes(spans)).toEqual(['abandoned', 'cancelled']);
    for (const { durationMs } of spans) {
      expect(durationMs).toBeGreaterThan(150);
      expect(durationMs).toBeLessThan(1500);
    }
  });

  test('a stream that nobody reads is let go of while its provider holds it open, so that its connection is free as it would be', async () => {
    const { spans, printed } = await runPreloaded(`
      const stalled = scripted({ stall: 3 });
      await (async () => {
        await openai.chat.completions.create({ ...chat, stream: true }, stalled);
        await anthropic.messages.create({ ...message, stream: true }, stalled);
        (await fetch(base + '/v1/chat/completions', { method: 'POST', ...stalled, body: JSON.stringify({ ...chat, stream: true }) })).body;
      })();
      for (let i = 0; i < 20; i++) { gc(); await new Promise((r) => setTimeout(r, 10)); }
      print((await (await fetch(base + '/__bill')).json()).calls.map(({ end }) => end));`);
    expect(printed).toEqual([['stalled', 'stalled', 'stalled']]);
    expect(spans.map(({ attributes }) => attributes['purser.abandoned.reason'])).toEqual(['collected', 'collected', 'collected']);
  });

  test("a stream that the app calls off by the SDK's own controller, and never looks at again, is cancelled", async () => {
    const { spans } = await runPreloaded(`
      const slowly = scripted({ interval: 2 });
      const off = async (stream) => {
        const events = stream[Symbol.asyncIterator]();
        await events.next();
        // Until all of it has come, and nothing is left to break off.
        await new Promise((r) => setTimeout(r, 150));
        stream.controller.abort();
        return events;
      };
      globalThis.held = [
        await off(await openai.chat.completions.create({ ...chat, stream: true }, slowly)),
        await off(await anthropic.messages.create({ ...message, stream: true }, slowly)),
      ];
      await new Promise((r) => setTimeout(r, 20));
      process.exit();`);
    expect(outcomes(spans)).toEqual(['cancelled', 'cancelled']);
  });

  test('process.exit in the middle of a stream leaves its exit code alone and loses no span', async () => {
    const { spans, code } = await runPreloaded(`
      await openai.chat.completions.create(chat);
      for await (const c of await openai.chat.completions.create({ ...chat, stream: true }, scripted({ chunks: 200, interval: 5 }))) if (c.choices[0]?.delta.content) process.exit(7);`);
    expect(code).toBe(7);
    expect(outcomes(spans)).toEqual(['completed', 'abandoned']);
  });

  test('an uncaught error ends the process as it would have, and loses no span', async () => {
    const { spans, code, stderr } = await runPreloaded(`await openai.chat.completions.create(chat); setTimeout(() => { throw new Error('mine'); }, 5);`);
    expect(code).toBe(1);
    expect(stderr).toContain('Error: mine');
    expect(spans).toHaveLength(1);
  });
});

describe('retries are attempts of one call', () => {
  test('each exchange is an event with its status, and the count is on the span', async () => {
    const { spans } = await runPreloaded(`await openai.chat.completions.create(chat, scripted({ status: 429, times: 2, 'retry-after-ms': 5 }));`);
    expect(spans).toHaveLength(1);
    expect(spans[0]?.attributes).toMatchObject({ 'purser.outcome': 'completed', 'purser.attempts': 3 });
    expect(spans[0]?.events.map(({ attributes }) => attributes['http.response.status_code'])).toEqual([429, 429, 200]);
    expect(spans[0]?.events[0]?.attributes['purser.attempt.retry_after']).toBe(0.005);
  });

  test('a refused connection is told by its system code, each time', async () => {
    const { spans } = await runPreloaded(
      `await new OpenAI({ apiKey: key, baseURL: 'http://127.0.0.1:64999/v1', maxRetries: 1 }).chat.completions.create(chat).catch(() => {});`,
    );
    expect(spans).toHaveLength(1);
    expect(spans[0]?.attributes).toMatchObject({ 'purser.outcome': 'failed', 'error.type': 'ECONNREFUSED', 'purser.attempts': 2 });
  });
});
