// node pictures.mjs [--set house|demo]...   Makes the pictures in dashboards/images anew, all of them or one set:
//   house  six hours of a house that is made up from the metric catalog, so that every panel has something to show
//   demo   a quarter of an hour of the demo: the product itself, its real calls and its real metrics, on the dashboards that compare with no yesterday
// Each set has a real Prometheus (test/stack) behind it. Debian: prometheus, chromium, pngquant, fonts-inter.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');

const SETS = {
  house: { source: 'synthetic', seconds: 21_600, rateInterval: '2m', render: [] },
  demo: { source: 'demo', seconds: 900, rateInterval: '1m', render: ['--prefix', 'demo-', '--only', 'purser-governance', '--only', 'purser-reliability'] },
};
const { values } = parseArgs({ options: { set: { type: 'string', multiple: true, default: Object.keys(SETS) } } });

const freePort = () =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });

/** Ends with the code of the program; `ready` hears each of its lines. */
const run = (script, args, ready = () => undefined) => {
  const child = spawn(process.execPath, [script, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.on('close', resolve));
  child.stdout.on('data', (data) => {
    process.stdout.write(data);
    ready(String(data));
  });
  return { child, ended };
};

for (const name of values.set) {
  const set = SETS[name];
  if (set === undefined) throw new Error(`--set is ${name}, wanted ${Object.keys(SETS).join(' or ')}`);
  const port = await freePort();
  let shown;
  const isShown = new Promise((resolve) => (shown = resolve));
  const stage = run(join(root, 'test/stack/main.ts'), ['--source', set.source, '--seconds', `${set.seconds}`, '--serve', `${port}`], (line) => {
    if (line.includes('Ctrl-C ends it')) shown(true);
  });
  if (!(await Promise.race([isShown, stage.ended.then(() => false)]))) throw new Error(`the ${name} did not come up`);
  const render = run(join(here, 'render.mjs'), [
    '--prometheus',
    `http://127.0.0.1:${port}`,
    '--seconds',
    `${set.seconds}`,
    '--rate-interval',
    set.rateInterval,
    ...set.render,
  ]);
  if ((await render.ended) !== 0) process.exitCode = 1;
  stage.child.kill('SIGTERM');
  await stage.ended;
}
