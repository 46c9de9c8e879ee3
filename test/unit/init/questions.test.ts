import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../../../src/cli/init.ts';

let folder = '';
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'purser-init-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs init with somebody who answers each question when it is asked. */
const withSomebody = async (args: readonly string[], answers: readonly string[]): Promise<{ readonly code: number; readonly shown: string }> => {
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  const stdout = Object.assign(new PassThrough(), { isTTY: true });
  const left = [...answers];
  let shown = '';
  stdout.on('data', (data: Buffer) => {
    const text = data.toString();
    shown += text;
    if (!/[?)\]] $/.test(text)) return;
    const answer = left.shift();
    if (answer === undefined) stdin.end();
    else stdin.write(`${answer}\n`);
  });
  const code = await run(args, { stdin, stdout, stderr: stdout, cwd: folder, env: {} });
  return { code, shown };
};

const config = (): string => readFileSync(join(folder, 'purser.config.yaml'), 'utf8');

describe('init on a terminal', () => {
  it('asks for what no flag says, again when an answer cannot be', async () => {
    const { code, shown } = await withSomebody(['--service', 'desk'], ['staging', 'huge', 'minimal', 'scrape', '50']);
    expect(code).toBe(0);
    expect(shown).toContain('wanted main, minimal, gateway, none');
    expect(config()).toContain('environment: "staging"');
    expect(config()).toContain('limit: 50');
    expect(readFileSync(join(folder, 'purser/otel-collector.yaml'), 'utf8')).toContain('verbosity: basic');
    expect(existsSync(join(folder, 'purser/prometheus/prometheus.yml'))).toBe(true);
  });

  it('asks before each file that differs, and overwrites only on yes', async () => {
    await run(['--yes'], { stdin: new PassThrough(), stdout: { write: () => true }, stderr: { write: () => true }, cwd: folder, env: {} });
    const [alerts, rules] = [join(folder, 'purser/prometheus/alerts.yml'), join(folder, 'purser/prometheus/recording-rules.yml')];
    const shipped = readFileSync(alerts, 'utf8');
    writeFileSync(alerts, 'mine');
    writeFileSync(rules, 'mine too');
    const { code, shown } = await withSomebody(['--yes'], ['n', 'y']);
    expect(code).toBe(0);
    expect(shown.match(/Overwrite it\?/g)).toHaveLength(2);
    expect(readFileSync(rules, 'utf8')).toBe('mine too');
    expect(readFileSync(alerts, 'utf8')).toBe(shipped);
  });

  it('takes what was typed ahead, line by line, for the questions that come', async () => {
    const stdin = Object.assign(new PassThrough(), { isTTY: true });
    const stdout = Object.assign(new PassThrough(), { isTTY: true });
    stdout.resume();
    stdin.end('shop\nstaging\nminimal\nscrape\n50\n');
    expect(await run([], { stdin, stdout, stderr: stdout, cwd: folder, env: {} })).toBe(0);
    expect(config()).toMatch(/service: "shop"\n {2}environment: "staging"[\s\S]*limit: 50/);
    expect(existsSync(join(folder, 'purser/prometheus/prometheus.yml'))).toBe(true);
  });

  it('takes the end of input for no', async () => {
    writeFileSync(join(folder, 'purser.config.yaml'), 'mine');
    const { code } = await withSomebody(['--yes'], []);
    expect(code).toBe(0);
    expect(config()).toBe('mine');
  });
});
