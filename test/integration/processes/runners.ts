import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort } from '../../support/free-port.ts';
import { wrongSpans, type Case } from './case.ts';
import { APPS, compare, IMPORT, REQUIRE } from './compare.ts';
import { runApp } from './run-app.ts';

const RUNNERS = resolve('test/matrix/hosts/runners');
const ASK = join(APPS, 'ask.cjs');
const ASKS = join(APPS, 'asks.cjs');
const missing = (): string | undefined => (existsSync(`${RUNNERS}/node_modules`) ? undefined : 'run npm ci in test/matrix/hosts/runners');
const tool = (path: string): string => join(RUNNERS, 'node_modules', path);
const script = `require(${JSON.stringify(ASK)})().then(() => console.log('done'))`;

/** A program that runs the app: same output, same exit, and the calls are seen. */
const runs = (
  name: string,
  args: readonly string[],
  how: { readonly preload?: readonly string[]; readonly stdin?: string; readonly cwd?: string; readonly abandoned?: number; readonly spans?: number } = {},
): Case => ({
  name,
  async run(place) {
    const { bare, different } = await compare(
      place,
      args,
      { ...(how.stdin === undefined ? {} : { stdin: how.stdin }), cwd: how.cwd ?? process.cwd() },
      how.preload,
    );
    const ran = bare.code === 0 ? [] : [`without us: exit ${bare.code}, ${bare.stderr.slice(-300)}`];
    return [...ran, ...different, ...wrongSpans(place, how.spans ?? 1, how.abandoned)];
  },
});

/** Tools whose output tells times, and which start processes of their own: they get the preload through the environment. */
const tests = (name: string, args: readonly string[], passed: RegExp, spans: number, cwd?: string): Case => ({
  name,
  missing,
  async run(place) {
    const { code, stdout, stderr } = await runApp(args, {
      cwd: cwd ?? process.cwd(),
      env: { ...place.env, NODE_OPTIONS: `--require ${REQUIRE}` },
      timeoutMs: 60_000,
    });
    const wrong = code === 0 && passed.test(stdout + stderr) ? [] : [`exit ${code}: ${(stdout + stderr).slice(-600)}`];
    if (/purser/i.test(stderr.replaceAll(process.cwd(), ''))) wrong.push(stderr.slice(0, 300));
    return [...wrong, ...wrongSpans(place, spans)];
  },
});

const watched: Case = {
  name: 'node --watch: each start of the app is seen, and it ends by SIGTERM',
  async run(place) {
    const { NODE_OPTIONS: _, ...inherited } = process.env;
    const child = spawn(process.execPath, ['--require', REQUIRE, '--watch', ASK], { env: { ...inherited, ...place.env }, stdio: ['ignore', 'pipe', 'pipe'] });
    await place.receiver.waitForSpans(1, 20_000);
    const ended = new Promise((done) => void child.once('exit', (code, signal) => done(`${code} ${signal}`)));
    child.kill('SIGTERM');
    const how = await Promise.race([ended, new Promise((done) => void setTimeout(() => done('alive'), 5000))]);
    child.kill('SIGKILL');
    return [...(how === 'alive' ? ['it lives on after SIGTERM'] : []), ...wrongSpans(place, 1)];
  },
};

/** Whether each of two instances serves its own page, on ports in a row. */
const servesPages = async (first: number): Promise<readonly string[]> => {
  const wrong: string[] = [];
  for (const port of [first, first + 1]) {
    const page = await fetch(`http://127.0.0.1:${port}/metrics`).then(
      (response) => response.text(),
      (error: unknown) => String(error),
    );
    if (!page.includes('\npurser_calls_total{')) wrong.push(`no calls on the page of port ${port}: ${page.slice(0, 200)}`);
  }
  return wrong;
};

const pm2: Case = {
  name: 'pm2, fork and cluster mode, a page of metrics for each instance',
  missing,
  async run(place) {
    const home = mkdtempSync(join(tmpdir(), 'purser-pm2-'));
    const port = await freePort();
    const env = { ...place.env, PM2_HOME: home };
    const run = (args: readonly string[], more = {}) => runApp([tool('pm2/bin/pm2'), ...args], { env: { ...env, ...more }, timeoutMs: 40_000 });
    const start = (...how: readonly string[]) => ['start', ASKS, ...how, '--no-autorestart', '--node-args', `--require ${REQUIRE}`];
    const started = [await run(start('--name', 'forked')), await run(start('--name', 'clustered', '-i', '2'), { PURSER_PROMETHEUS_PORT: String(port) })];
    const late = await place.receiver.waitForSpans(3, 20_000).then(
      () => [],
      (error: unknown) => [String(error)],
    );
    const pages = await servesPages(port);
    await run(['kill']);
    rmSync(home, { recursive: true, force: true });
    return [...started.filter(({ code }) => code !== 0).map(({ stderr }) => stderr.slice(0, 300)), ...late, ...pages, ...wrongSpans(place, 3)];
  },
};

/** The ways in which a program is run by another one. */
export const RUNS: readonly Case[] = [
  runs('node -e, --require', ['-e', script]),
  runs('node -e, --import', ['-e', script], { preload: ['--import', IMPORT] }),
  runs('node -p', ['-p', `${script}; 1`]),
  runs('a script on standard input', ['-'], { stdin: script }),
  // The REPL leaves at the end of its input, in the middle of the call.
  runs('the REPL', ['-i'], { stdin: `void ${script}\n`, abandoned: 1 }),
  tests('tsx', [tool('tsx/dist/cli.mjs'), join(RUNNERS, 'app.ts')], /done/, 1),
  runs('tsx with our flag', [tool('tsx/dist/cli.mjs'), '--require', REQUIRE, join(RUNNERS, 'app.ts')], { preload: [], spans: 2 }),
  runs('tsx as a preload beside ours', ['--import', tool('tsx/dist/esm/index.mjs'), join(RUNNERS, 'app.ts')], {
    preload: ['--require', REQUIRE],
    cwd: RUNNERS,
  }),
  runs('ts-node', ['--require', tool('ts-node/register/index.js'), join(RUNNERS, 'app.ts')], { preload: ['--require', REQUIRE], cwd: RUNNERS }),
  tests('node:test', ['--test', join(APPS, 'node-test.mjs')], /pass 1/, 1),
  tests('vitest', [resolve('node_modules/vitest/vitest.mjs'), 'run', '--root', RUNNERS], /1 passed/, 1, RUNNERS),
  tests('jest', [tool('jest/bin/jest.js'), '--config', join(RUNNERS, 'jest/jest.config.cjs')], /1 passed/, 1),
  watched,
  pm2,
];
