/** The sqlite store's thread in real processes: what it costs while nothing happens, and that every way to it gives the same sums. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'vitest';
import { scratchFolder } from '../../support/scratch.ts';

const dist = new URL('../../../dist/', import.meta.url).href;

/** What each script begins with: a store, and `line(key)`. */
const openIn = (path: string, options = ''): string => `
  const { SqliteStore } = await import('${dist}stores/sqlite/sqlite-store.js');
  const store = new SqliteStore({ path: '${path}', durability: 'process', ${options} });
  const slots = { kind: 'fixed', candidates: [{ startMs: 0, endMs: 8.64e15 }] };
  const thresholds = [];
  const line = (key) => ({ key, slots, limit: 1e9, amount: 10, enforce: true, thresholds, slotMs: 0 });
  const lines = [line('a'), line('b'), line('c')];
  const say = (value) => process.stdout.write(JSON.stringify(value));
  const milliseconds = (began) => { const { user, system } = process.cpuUsage(began); return (user + system) / 1000; };
`;

const run = (script: string): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> =>
  new Promise((resolve) => {
    const options = { timeout: 20_000, env: { PATH: process.env['PATH'] ?? '' } };
    const child = execFile(process.execPath, ['--input-type=module', '--eval', script], options, (_, stdout, stderr) => {
      resolve({ code: child.exitCode, stdout, stderr });
    });
  });

const sums = (path: string): unknown => {
  const database = new DatabaseSync(path);
  const rows = database.prepare('SELECT key, sum(committed) AS committed, sum(reserved) AS reserved FROM cells GROUP BY key ORDER BY key').all();
  database.close();
  return rows.map((row) => ({ ...row }));
};

const PAIRS = 400;
const pairs = (prefix: string): string => `
  const pair = async (id) => {
    const came = await store.reserve({ id, leaseMs: 60000, lines });
    if (came.kind !== 'reserved' || came.lines.length !== 3) throw new Error(came.kind);
    await store.settle({ id, lines: lines.map((held) => ({ ...held, amount: 3 })) });
  };
  // One after another, many at once, and some whose ids only fit into a message.
  for (let call = 0; call < 100; call += 1) await pair('${prefix}' + call);
  await Promise.all(Array.from({ length: 300 }, (_, call) => pair('${prefix}many-' + (call % 3 === 0 ? 'ā' : '') + (call % 5 === 0 ? 'x'.repeat(150) : '') + call)));
`;

const charged = (processes: number): unknown => ['a', 'b', 'c'].map((key) => ({ key, committed: processes * PAIRS * 3, reserved: 0 }));

test.concurrent('a store that was only warmed up, or whose every answer was looked for, lets the process end', { timeout: 30_000 }, async ({ expect }) => {
  const warm = `${openIn(join(scratchFolder(), 'warm.db'))} store.warmUp();`;
  const quick = `${openIn(join(scratchFolder(), 'quick.db'))} store.warmUp();
    await new Promise((resolve) => setTimeout(resolve, 500));
    // The thread opens the file with the first operation, which may take too long to be looked for.
    await store.keys('a');
    for (let call = 0; call < 5; call += 1) await store.keys('a');`;
  const [onlyWarm, looked] = await Promise.all([run(warm), run(quick)]);
  expect(onlyWarm).toMatchObject({ code: 0, stderr: '' });
  expect(looked).toMatchObject({ code: 0, stderr: '' });
});

test.concurrent('a store that is idle costs no processor time', { timeout: 30_000 }, async ({ expect }) => {
  const script = `${openIn(join(scratchFolder(), 'idle.db'))} ${pairs('idle-')}
    await new Promise((resolve) => setTimeout(resolve, 200));
    const began = process.cpuUsage();
    await new Promise((resolve) => setTimeout(resolve, 2000));
    say(milliseconds(began));`;
  const ran = await run(script);
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  expect(Number(ran.stdout)).toBeLessThan(40);
});

test.concurrent('an answer that is long in coming is slept for, and the process ends by itself after it', { timeout: 30_000 }, async ({ expect }) => {
  const path = join(scratchFolder(), 'slow.db');
  const other = new DatabaseSync(path);
  other.exec('PRAGMA journal_mode = WAL');
  const script = `${openIn(path)}
    await store.reserve({ id: 'first', leaseMs: 60000, lines });
    process.stdout.write('go ');
    await new Promise((resolve) => process.stdin.once('data', resolve));
    const began = process.cpuUsage();
    const at = performance.now();
    const { kind } = await store.reserve({ id: 'second', leaseMs: 60000, lines });
    say({ kind, waitedMs: performance.now() - at, spentMs: milliseconds(began) });`;
  const child = execFile(process.execPath, ['--input-type=module', '--eval', script], { timeout: 20_000, env: { PATH: process.env['PATH'] ?? '' } });
  let stdout = '';
  child.stdout?.on('data', (text: string) => {
    stdout += text;
    if (text !== 'go ') return;
    other.exec('BEGIN IMMEDIATE');
    child.stdin?.end('locked');
    setTimeout(() => other.exec('COMMIT'), 1000);
  });
  const code = await new Promise((resolve) => {
    child.once('exit', resolve);
  });
  other.close();
  expect(code).toBe(0);
  const { kind, waitedMs, spentMs } = JSON.parse(stdout.slice(3)) as { readonly kind: string; readonly waitedMs: number; readonly spentMs: number };
  expect(kind).toBe('reserved');
  expect(waitedMs).toBeGreaterThan(500);
  expect(spentMs).toBeLessThan(100);
});

test.concurrent(
  'a request that is never answered fails in time, and holds the process no longer than the thread waits for the file',
  { timeout: 30_000 },
  async ({ expect }) => {
    const path = join(scratchFolder(), 'held.db');
    const other = new DatabaseSync(path);
    other.exec('PRAGMA journal_mode = WAL; BEGIN IMMEDIATE');
    const script = `${openIn(path, 'timeoutMs: 300')}
    const began = process.cpuUsage();
    await store.reserve({ id: 'x', leaseMs: 60000, lines }).catch((error) => say({ code: error.code, isCheap: milliseconds(began) < 1000 }));`;
    const began = performance.now();
    const ran = await run(script);
    other.close();
    expect(ran).toEqual({ code: 0, stdout: '{"code":"TIMEOUT","isCheap":true}', stderr: '' });
    // The thread gives up on the file after 5 s.
    expect(performance.now() - began).toBeLessThan(9000);
  },
);

test.concurrent('where each operation waits for the disk the answers come as messages', { timeout: 30_000 }, async ({ expect }) => {
  const path = join(scratchFolder(), 'machine.db');
  expect(await run(openIn(path, `durability: 'machine'`) + pairs('x-'))).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(sums(path)).toEqual(charged(1));
});

test.concurrent('calls at once, long ids and the usual ones are each charged once', { timeout: 30_000 }, async ({ expect }) => {
  const path = join(scratchFolder(), 'mixed.db');
  expect(await run(openIn(path) + pairs('x-'))).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(sums(path)).toEqual(charged(1));
});

test.concurrent('threads of the app and another process share one file, each with a store of its own', { timeout: 30_000 }, async ({ expect }) => {
  const path = join(scratchFolder(), 'shared.db');
  const inThread = `
    const { threadId } = await import('node:worker_threads');
    ${openIn(path)} ${pairs("thread-' + threadId + '-")}`;
  const script = `
    const { Worker } = await import('node:worker_threads');
    const code = ${JSON.stringify(inThread)};
    const ends = [1, 2].map(() => new Promise((resolve, reject) => {
      const worker = new Worker(new URL('data:text/javascript,' + encodeURIComponent(code)));
      worker.once('error', reject);
      worker.once('exit', resolve);
    }));
    process.stdout.write(JSON.stringify(await Promise.all(ends)));`;
  const [threads, alone] = await Promise.all([run(script), run(openIn(path) + pairs('process-'))]);
  expect(threads).toEqual({ code: 0, stdout: '[0,0]', stderr: '' });
  expect(alone).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(sums(path)).toEqual(charged(3));
});

test.concurrent('where memory cannot be shared all goes as messages', { timeout: 30_000 }, async ({ expect }) => {
  const path = join(scratchFolder(), 'messages.db');
  const without = `globalThis.SharedArrayBuffer = function () { throw new RangeError('refused'); };`;
  expect(await run(without + openIn(path) + pairs('x-'))).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(sums(path)).toEqual(charged(1));
});

test.concurrent('an app that stands in for the timers is answered', { timeout: 30_000 }, async ({ expect }) => {
  const path = join(scratchFolder(), 'timers.db');
  const script = `${openIn(path)}
    globalThis.setImmediate = () => undefined;
    globalThis.setTimeout = () => undefined; ${pairs('x-')}`;
  expect(await run(script)).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(sums(path)).toEqual(charged(1));
});
