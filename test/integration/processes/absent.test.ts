import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startLocalProvider } from '../../support/local-provider/start.ts';
import { runNode } from '../../support/run-node.ts';
import { scratchFolder } from '../../support/scratch.ts';

const APP = ['--input-type=module', '-e', "console.log('the app runs')"];

describe('a Node that is told not to load ES modules by require', () => {
  test.each([
    ['--require', 'dist/register.cjs'],
    ['--import', 'dist/register.js'],
  ])('starts the app all the same by %s, and one line says that nothing is seen', async (flag, file) => {
    const ran = await runNode(['--no-experimental-require-module', flag, resolve(file), ...APP]);
    expect(ran).toMatchObject({ code: 0, stdout: 'the app runs\n' });
    expect(ran.stderr).toMatch(/^purser: .*--no-experimental-require-module.* nothing is instrumented\n$/);
  });

  test('gives a start in code something that does nothing', async () => {
    const app = `import { start } from '${resolve('dist/index.js')}'; const started = start(); await started.flush(); await started.stop(); console.log('done');`;
    const ran = await runNode(['--no-experimental-require-module', '--input-type=module', '-e', app]);
    expect(ran).toMatchObject({ code: 0, stdout: 'done\n' });
    expect(ran.stderr.split('\n').filter((line) => line !== '')).toHaveLength(1);
  });
});

test.each([
  ['are gone', (folder: string) => cpSync(resolve('dist/register.cjs'), join(folder, 'register.cjs')), () => []],
  [
    'may not be read',
    (folder: string) => cpSync(resolve('dist'), folder, { recursive: true }),
    (entry: string) => ['--permission', `--allow-fs-read=${entry}`],
  ],
])('a package whose modules %s starts the app all the same, and one line says why nothing is seen', async (_, install, flags) => {
  const folder = scratchFolder();
  install(folder);
  const entry = join(folder, 'register.cjs');
  const ran = await runNode([...flags(entry), '--require', entry, '-e', "console.log('the app runs')"]);
  expect(ran).toMatchObject({ code: 0, stdout: 'the app runs\n' });
  expect(ran.stderr).toMatch(/^purser: not started: its modules cannot be loaded \(/);
});

test('nothing of ours is in the thread that Node runs for module loaders, where Node 22 could not load it', async () => {
  const folder = scratchFolder();
  const loader = join(folder, 'loader.mjs');
  writeFileSync(loader, "import { writeSync } from 'node:fs'; writeSync(1, `${Symbol.for('purser.sdk') in globalThis} there\\n`);");
  const app = "console.log(Symbol.for('purser.sdk') in globalThis, 'in the app')";
  const ran = await runNode(['--no-warnings', '--require', resolve('dist/register.cjs'), '--experimental-loader', loader, '--input-type=module', '-e', app]);
  expect(ran).toMatchObject({ code: 0, stdout: 'false there\ntrue in the app\n', stderr: '' });
});

test('a file that cannot be written is told of, once, and the app runs', async () => {
  const folder = scratchFolder();
  const nowhere = join(folder, 'no-folder', 'calls.jsonl');
  const app = `await fetch('http://127.0.0.1:1/v1/chat/completions', { method: 'POST', body: '{}' }).catch(() => undefined); console.log('the app runs');`;
  const ran = await runNode(['--import', resolve('dist/register.js'), '--input-type=module', '-e', app], {
    env: { PURSER_JSONL_FILE: nowhere, OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' },
  });
  expect(ran).toMatchObject({ code: 0, stdout: 'the app runs\n' });
  expect(ran.stderr).toMatch(/^purser: the jsonl output is not written: ENOENT.*\n$/);
});

test('a process whose working folder is gone is seen as any other', async () => {
  const folder = scratchFolder();
  const file = join(folder, 'calls.jsonl');
  const provider = await startLocalProvider();
  const app = join(folder, 'app.mjs');
  writeFileSync(
    app,
    `const sent = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ model: 'gpt-5.4', messages: [{ role: 'user', content: 'hello' }] }) };
    console.log((await fetch('${provider.url}/v1/chat/completions', sent)).status);`,
  );
  // A shell that stands in the folder, since no process can be started in one that is gone.
  const script = 'mkdir "$0/gone" && cd "$0/gone" && rmdir "$0/gone" && exec "$@"';
  const command = [process.execPath, '--import', resolve('dist/register.js'), app];
  const env = { ...process.env, PURSER_JSONL_FILE: file, OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' };
  const child = spawn('sh', ['-c', script, folder, ...command], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (said += String(data)));
  const [code] = (await once(child, 'close')) as [number | null];
  await provider.close();
  expect({ code, said }).toEqual({ code: 0, said: '200\n' });
  expect(
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line.includes('"kind":"span"')),
  ).toHaveLength(1);
});
