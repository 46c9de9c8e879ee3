import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { compiledOnce } from '../../support/compiled-once.ts';
import { cleanEnv, ended } from './purser.ts';

const folder = mkdtempSync(join(tmpdir(), 'purser-reload-'));
/** A folder of its own for each try. */
const fresh = (): string => mkdtempSync(join(folder, 'app-'));
afterAll(() => rmSync(folder, { recursive: true }));

const source = (path: string): string => JSON.stringify(pathToFileURL(resolve('src/config', path)).href);

// Says each reload and each turn of the kill switch, and goes on until its input ends.
const program = `
import { loadConfig } from ${source('load.ts')};
import { watchConfig } from ${source('watch.ts')};
import { watchKillSwitch } from ${source('kill-switch.ts')};
const input = { env: process.env, cwd: process.cwd() };
const loaded = loadConfig(input);
const say = (what) => console.log(JSON.stringify(what));
watchConfig({ input, loaded, onReload: (reload) => say(reload.kind === 'changed' ? reload.config.labels.team : reload.problems[0].key) });
watchKillSwitch({ file: loaded.config.disableFile, intervalMs: loaded.config.reload.intervalMs, onTurn: (on) => say(on ? 'off' : 'on') });
if (process.argv[2] === 'wait') process.stdin.resume();
say(loaded.config.labels.team);
`;
writeFileSync(join(folder, 'watch.mjs'), program);

const begin = (cwd: string, ...args: readonly string[]) =>
  spawn(process.execPath, [join(folder, 'watch.mjs'), ...args], {
    cwd,
    env: compiledOnce(cleanEnv({ PURSER_RELOAD_INTERVAL_MS: '20', PURSER_DISABLE_FILE: 'off' })),
    stdio: 'pipe',
  });

/** A program that watches, the lines that it says, and how it ends. */
const watching = (cwd: string) => {
  const child = begin(cwd, 'wait');
  const end = ended(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => JSON.parse(String((await lines.next()).value));
  return { child, end, next };
};

describe('a running process', () => {
  it('takes edits of its config file, keeps the last good one, and turns with the disable file', async () => {
    const cwd = fresh();
    const file = join(cwd, 'purser.config.yaml');
    writeFileSync(file, 'labels: {team: first}');
    const { child, end, next } = watching(cwd);
    expect(await next()).toBe('first');
    writeFileSync(file, 'labels: {team: second}');
    expect(await next()).toBe('second');
    writeFileSync(file, 'labels: {team: third, metric_cap: lots}');
    expect(await next()).toBe('labels.metric_cap');
    writeFileSync(file, 'labels: {team: fourth}');
    expect(await next()).toBe('fourth');
    writeFileSync(join(cwd, 'off'), '');
    expect(await next()).toBe('off');
    rmSync(join(cwd, 'off'));
    expect(await next()).toBe('on');
    child.stdin.end();
    expect(await end).toMatchObject({ code: 0, stderr: '' });
  });

  it('sees a file that is swapped by a symbolic link, as Kubernetes swaps a ConfigMap', async () => {
    const cwd = fresh();
    for (const [version, team] of Object.entries({ v1: 'first', v2: 'second' })) {
      mkdirSync(join(cwd, version), { recursive: true });
      writeFileSync(join(cwd, version, 'purser.config.yaml'), `labels: {team: ${team}}`);
    }
    symlinkSync('v1', join(cwd, 'data'));
    symlinkSync('data/purser.config.yaml', join(cwd, 'purser.config.yaml'));
    const { child, end, next } = watching(cwd);
    expect(await next()).toBe('first');
    symlinkSync('v2', join(cwd, 'next'));
    renameSync(join(cwd, 'next'), join(cwd, 'data'));
    expect(await next()).toBe('second');
    child.stdin.end();
    await end;
  });

  it('waits for a file that is written bit by bit', async () => {
    const cwd = fresh();
    const file = join(cwd, 'purser.config.yaml');
    writeFileSync(file, 'labels: {team: first}');
    const { child, end, next } = watching(cwd);
    expect(await next()).toBe('first');
    for (const [at, letter] of 'labels: {team: second}'.split('').entries()) {
      writeFileSync(file, letter, { flag: at === 0 ? 'w' : 'a' });
      await new Promise((resume) => setTimeout(resume, 15));
    }
    expect(await next()).toBe('second');
    child.stdin.end();
    expect(await end).toMatchObject({ code: 0, stderr: '' });
  });

  it('waits for who emptied a file, or took it away, and is held up before it is written', async () => {
    const cwd = fresh();
    const file = join(cwd, 'purser.config.yaml');
    writeFileSync(file, 'labels: {team: first}');
    const { child, end, next } = watching(cwd);
    expect(await next()).toBe('first');
    for (const [team, empty] of [
      ['second', () => writeFileSync(file, '')],
      ['third', () => rmSync(file)],
    ] as const) {
      empty();
      await new Promise((resume) => setTimeout(resume, 300));
      writeFileSync(file, `labels: {team: ${team}}`);
      expect(await next()).toBe(team);
    }
    child.stdin.end();
    expect(await end).toMatchObject({ code: 0, stderr: '' });
  });

  it('is not kept alive by looking', async () => {
    const cwd = fresh();
    writeFileSync(join(cwd, 'purser.config.yaml'), 'labels: {team: only}');
    expect(await ended(begin(cwd))).toEqual({ code: 0, signal: null, stdout: '"only"\n', stderr: '' });
  });
});
