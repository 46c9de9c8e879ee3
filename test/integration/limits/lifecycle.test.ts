/** Limits and the life of the process: what is loaded, what is waited for, what ends it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { OtlpReceiver } from '../../support/otlp-receiver.ts';
import { runPreloaded, type SpanLine } from '../../support/preloaded.ts';
import { scratchFolder } from '../../support/scratch.ts';

const scratch = scratchFolder();
let files = 0;
const fileOf = (config: object): string => {
  const file = join(scratch, `purser.config.${(files += 1)}.json`);
  writeFileSync(file, JSON.stringify(config));
  return file;
};

const outcomes = (spans: readonly SpanLine[]): readonly string[] =>
  spans.map(({ attributes }) => String(attributes['purser.outcome'])).toSorted((a, b) => a.localeCompare(b));

const ONE_SLOT = { id: 'slots', unit: 'concurrency', limit: 1, maxWait: '30s' };

test('nothing of limits is loaded, and no call asks them, while none is configured', async () => {
  const body = `
    import { createRequire } from 'node:module';
    await openai.chat.completions.create(chat);
    print(Object.keys(createRequire(import.meta.url).cache).filter((file) => file.includes('/policies/limits/')).length);
  `;
  const without = await runPreloaded(body, { PURSER_CONFIG: fileOf({ budgets: [{ id: 'all', limit: 5 }] }) });
  expect(without.printed).toEqual([0]);
  const with_ = await runPreloaded(body, { PURSER_CONFIG: fileOf({ limits: [{ id: 'all', limit: 5 }] }) });
  expect(with_.printed).toEqual([2]);
});

test('a process lives as long as its calls wait, and no longer', async () => {
  const { printed, code, stderr } = await runPreloaded(
    `
    // Nobody awaits these: what keeps the process is the calls alone.
    for (const name of ['first', 'second', 'third']) openai.chat.completions.create(chat, { headers: { 'x-local-latency': '200' } }).then(() => print(name));
    `,
    { PURSER_CONFIG: fileOf({ limits: [ONE_SLOT] }) },
  );
  expect({ printed, code, stderr }).toEqual({ printed: ['first', 'second', 'third'], code: 0, stderr: '' });
});

test.each([
  ['process.exit', 'process.exit(3)', { code: 3, signal: null }],
  ['an uncaught error', 'throw new Error("gone")', { code: 1, signal: null }],
  ['SIGTERM', 'process.kill(process.pid, "SIGTERM")', { code: null, signal: 'SIGTERM' }],
] as const)('%s ends the process at once, however long calls may wait', async (_, how, end) => {
  const began = performance.now();
  const { code, signal, spans } = await runPreloaded(
    `
    openai.chat.completions.create(chat, { headers: { 'x-local-latency': '60000' } }).catch(() => {});
    for (const _ of [1, 2, 3]) openai.chat.completions.create(chat).catch(() => {});
    setTimeout(() => { ${how}; }, 300);
    `,
    { PURSER_CONFIG: fileOf({ limits: [{ ...ONE_SLOT, maxWait: '10m' }] }) },
  );
  expect({ code, signal }).toEqual(end);
  expect(performance.now() - began).toBeLessThan(10_000);
  expect(spans.map(({ attributes }) => attributes['purser.abandoned.reason'])).toEqual(Array.from({ length: 4 }, () => 'process_exit'));
});

test('a call that still waits when a signal ends the process is not sent in its last moments', async () => {
  const receiver = await OtlpReceiver.start();
  onTestFinished(() => receiver.close());
  // The last export takes a while, in which the first call's place is free.
  receiver.misbehave({ delayMs: 500 });
  const { printed, signal } = await runPreloaded(
    `
    import { createServer } from 'node:http';
    import { writeSync } from 'node:fs';
    const counting = createServer((req) => writeSync(1, JSON.stringify(req.headers['x-n']) + '\\n'));
    await new Promise((done) => counting.listen(0, done));
    const baseURL = 'http://127.0.0.1:' + counting.address().port + '/v1';
    for (const n of ['1', '2']) openai.withOptions({ baseURL }).chat.completions.create(chat, { headers: { 'x-n': n } }).catch(() => {});
    setTimeout(() => process.kill(process.pid, 'SIGTERM'), 300);
    `,
    { PURSER_CONFIG: fileOf({ limits: [{ ...ONE_SLOT, maxWait: '10m' }] }), OTEL_TRACES_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url },
  );
  expect(signal).toBe('SIGTERM');
  expect(printed).toEqual(['1']);
});

test('a budget is asked only when the call has its turn: a call that waits holds nothing of it', async () => {
  const { printed, spans } = await runPreloaded(
    `
    const open = openai.chat.completions.create(chat, { headers: { 'x-local-latency': '400' } });
    await new Promise((done) => setTimeout(done, 100));
    const controller = new AbortController();
    const waiting = openai.chat.completions.create(chat, { signal: controller.signal }).catch((error) => print(error.constructor.name));
    const third = openai.chat.completions.create(chat).then(() => print('passed'), (error) => print(error.message));
    setTimeout(() => controller.abort(), 50);
    await Promise.all([open, waiting, third]);
    await openai.chat.completions.create(chat).then(() => print('passed'), (error) => print(error.cause.code));
    `,
    { PURSER_CONFIG: fileOf({ limits: [ONE_SLOT], budgets: [{ id: 'two', unit: 'requests', limit: 2, window: 'day', mode: 'enforce' }] }) },
  );
  expect(printed).toEqual(['APIUserAbortError', 'passed', 'budget_exhausted']);
  expect(outcomes(spans)).toEqual(['blocked', 'cancelled', 'completed', 'completed']);
});

test('a request of node:http that is let go of while it waits is not sent, and its place goes to the next', async () => {
  const { printed, spans } = await runPreloaded(
    `
    import { request } from 'node:http';
    const send = () => {
      const req = request(base + '/v1/chat/completions', { method: 'POST', headers: { 'content-type': 'application/json', authorization: 'Bearer ' + key } });
      const done = new Promise((end) => { req.on('response', (res) => { res.resume(); res.on('end', () => end(res.statusCode)); }); req.on('error', (error) => end(error.code)); req.on('close', () => end('closed')); });
      req.end(JSON.stringify(chat));
      return { req, done };
    };
    const open = openai.chat.completions.create(chat, { headers: { 'x-local-latency': '300' } }).then(() => 'read');
    await new Promise((done) => setTimeout(done, 100));
    const gone = send();
    const next = send();
    setTimeout(() => gone.req.destroy(), 50);
    print([await gone.done, await next.done]);
    await open;
    print(await (await fetch(base + '/__bill?calls=0')).json());
    `,
    { PURSER_CONFIG: fileOf({ limits: [ONE_SLOT] }) },
  );
  expect(printed[0]).toEqual(['ECONNRESET', 200]);
  expect(printed[1]).toMatchObject({ requests: 2 });
  expect(outcomes(spans)).toEqual(['cancelled', 'completed', 'completed']);
});

test('limits that the config file comes to name hold at once, and other ones let those that wait go', async () => {
  const file = fileOf({ reload: { interval_ms: 100 } });
  const { printed, stderr } = await runPreloaded(
    `
    import { writeFileSync } from 'node:fs';
    const write = (config) => { writeFileSync(process.env.PURSER_CONFIG, JSON.stringify({ reload: { interval_ms: 100 }, ...config })); return new Promise((done) => setTimeout(done, 600)); };
    const tried = () => openai.chat.completions.create(chat).then(() => 'passed', (error) => error.message);
    print(await tried());
    await write({ limits: [{ id: 'rpm', limit: 1, maxWait: '5m', window: '10s' }] });
    print(await tried());
    const waiting = tried();
    print(await Promise.race([waiting, new Promise((done) => setTimeout(done, 300, 'waiting'))]));
    await write({ limits: [{ id: 'rpm', limit: 1, window: '10s' }] });
    print(await waiting);
    await write({ limits: [{ id: 'rpm', limit: 'many' }] });
    print(await tried());
    await write({ limits: [] });
    print(await tried());
    `,
    { PURSER_CONFIG: file },
  );
  const full = 'The limit "rpm" is reached: 1 of 1 requests in 10 s.';
  expect(
    printed.map((line) =>
      String(line)
        .replace(/^429 /, '')
        .replace(/ A new try may pass in .*$/, ''),
    ),
  ).toEqual(['passed', 'passed', 'waiting', full, full, 'passed']);
  expect(stderr).toContain('limits[0].limit is "many", wanted a whole number above 0, such as 500 or 200k');
});
