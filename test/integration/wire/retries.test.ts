import { expect, test } from 'vitest';
import { runPreloaded } from '../../support/preloaded.ts';

test('of two that ask the same at the same time and are refused, each is told of its own next try', async () => {
  const { spans } = await runPreloaded(`
    import * as purser from 'purser';
    const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    const tryOnce = (count, script) => fetch(base + '/v1/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer ' + key, 'x-stainless-retry-count': String(count), ...scripted(script).headers },
      body: JSON.stringify(chat),
    });
    // As clients made by Stainless do: an answer that is tried again is let go of.
    const ask = (who, waitMs, tokens) => purser.with({ tags: { who } }, async () => {
      await (await tryOnce(0, { status: 503 })).body.cancel();
      await sleep(waitMs);
      await (await tryOnce(1, { in: tokens })).json();
    });
    await Promise.all([ask('slow', 120, 1001), ask('quick', 60, 1002)]);`);
  const seen = spans.map(({ attributes }) => [attributes['purser.tag.who'], [attributes['purser.attempts'], attributes['gen_ai.usage.input_tokens']]]);
  expect(Object.fromEntries(seen)).toEqual({ quick: [2, 1002], slow: [2, 1001] });
});

test('a call that waits for its next try when the process ends has failed as its last try did', async () => {
  const { spans, code } = await runPreloaded(
    `
    const response = await fetch(base + '/v1/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer ' + key, 'x-stainless-retry-count': '0', ...scripted({ status: 503 }).headers },
      body: JSON.stringify(chat),
    });
    await response.body.cancel();
    process.exit(7);`,
  );
  expect(code).toBe(7);
  expect(spans).toMatchObject([{ attributes: { 'purser.outcome': 'failed', 'error.type': '503', 'purser.attempts': 1 } }]);
});
