import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { collectorBuild } from '../../../collector/build.ts';

const MAIN = resolve('dist/cli/main.js');

let folder = '';
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'purser-init-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The command as one has it in CI: no terminal. */
const init = (...args: string[]): { readonly code: number | null; readonly out: string; readonly err: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, 'init', ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] },
  });
  return { code: status, out: stdout, err: stderr };
};

const write = (path: string, text: string): void => {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
};

const files = (): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => statSync(join(folder, path)).isFile())
      .toSorted()
      .map((path) => [
        path,
        createHash('sha256')
          .update(readFileSync(join(folder, path)))
          .digest('hex'),
      ]),
  );

const available = (program: string): boolean => spawnSync(program, ['--version']).status === 0;

const promtool = (...args: readonly string[]): number | null => spawnSync('promtool', ['check', ...args]).status;

const COLLECTOR = collectorBuild().program;

describe('purser init in an empty folder', () => {
  it('writes files that can be read, and a config that is good', () => {
    expect(init('--environment', 'staging', '--budget', '20').code).toBe(0);
    const written = Object.keys(files());
    expect(written.filter((path) => path.startsWith('purser/grafana/')).length).toBeGreaterThanOrEqual(5);
    const texts = (pattern: RegExp): string[] => written.filter((path) => pattern.test(path)).map((path) => readFileSync(join(folder, path), 'utf8'));
    expect(texts(/\.json$/).filter((text) => !('panels' in (JSON.parse(text) as object)))).toEqual([]);
    expect(texts(/\.ya?ml$/).filter((text) => typeof parse(text) !== 'object')).toEqual([]);
    const check = spawnSync(process.execPath, [MAIN, 'config', '--check', 'purser.config.yaml'], { cwd: folder, encoding: 'utf8' });
    expect(check.stdout).toBe('purser.config.yaml is good.\n');
  });

  it('writes nothing with --dry-run, and names every file', () => {
    const { code, out } = init('--dry-run');
    expect(code).toBe(0);
    expect(files()).toEqual({});
    expect(out).toContain('create    purser.config.yaml');
    init();
    for (const path of Object.keys(files())) expect(out).toContain(path);
  });

  it('changes nothing when it is run again', () => {
    init();
    const before = files();
    const { code, out } = init();
    expect(code).toBe(0);
    expect(files()).toEqual(before);
    expect(out).not.toMatch(/^(create|overwrite|keep)/m);
  });

  it.skipIf(!available('promtool'))('writes rules and a configuration that promtool takes', () => {
    for (const metrics of ['scrape', 'otlp']) init('--metrics', metrics, '--force');
    const rules = join(folder, 'purser/prometheus');
    expect(promtool('rules', join(rules, 'alerts.yml'), join(rules, 'recording-rules.yml'))).toBe(0);
    expect(promtool('config', join(rules, 'prometheus.yml'))).toBe(0);
    init('--collector', 'minimal', '--force');
    expect(promtool('config', join(rules, 'prometheus.yml'))).toBe(0);
  });

  it.each([
    ['the process itself, when it is to be scraped', ['--metrics', 'scrape'], 'prometheus.yml', /targets: \[localhost:9464\]/],
    ['it as a job with the name of the service', ['--metrics', 'scrape', '--service', 'desk: 2'], 'prometheus.yml', /^ {2}- job_name: "desk: 2"$/m],
    ['the Collector that serves what it got', ['--collector', 'minimal'], 'prometheus.yml', /honor_labels: true\n.*\n.*targets: \[localhost:9465\]/],
    ['nobody, when metrics come over OTLP', [], 'prometheus-otlp.yml', /^otlp:/m],
  ])('has Prometheus scrape %s', (_, flags, name, wanted) => {
    init(...flags);
    const written = readdirSync(join(folder, 'purser/prometheus')).filter((file) => file.startsWith('prometheus'));
    expect(written).toEqual([name]);
    expect(readFileSync(join(folder, 'purser/prometheus', name), 'utf8')).toMatch(wanted);
  });

  it.skipIf(!existsSync(COLLECTOR))('writes a Collector configuration that the Collector takes without a word (node collector/build.ts builds it)', () => {
    for (const choice of ['main', 'minimal', 'gateway']) {
      expect(init('--collector', choice, '--force').code).toBe(0);
      const env = { PURSER_TRACES_ENDPOINT: 'http://x', PURSER_METRICS_ENDPOINT: 'http://x', PURSER_LOGS_ENDPOINT: 'http://x' };
      const { status, stdout, stderr } = spawnSync(COLLECTOR, ['validate', '--config=purser/otel-collector.yaml'], { cwd: folder, encoding: 'utf8', env });
      expect([choice, status, stdout, stderr]).toEqual([choice, 0, '', '']);
    }
  });
});

describe('purser init in a service that has a Collector and a Grafana', () => {
  const theirs: Readonly<Record<string, string>> = {
    'otel-collector.yaml': 'receivers: {otlp: {}}\nexporters: {debug: {}}\nservice: {pipelines: {}}\n',
    'docker-compose.yml': 'services: {app: {image: app:1.0.0}}\n',
    'monitoring/provisioning/dashboards/all.yaml': 'apiVersion: 1\nproviders:\n  - name: all\n    options: {path: /dashboards}\n',
    'monitoring/prometheus.yml': 'scrape_configs: []\n',
    'monitoring/dashboards/own.json': '{"title":"own"}\n',
  };
  beforeEach(() => {
    for (const [path, text] of Object.entries(theirs)) write(path, text);
  });

  it('leaves all of it as it is, and says how its own files go with it', () => {
    const before = files();
    const { code, out } = init('--collector', 'none', '--dashboards', 'monitoring/dashboards', '--rules', 'monitoring/rules');
    expect(code).toBe(0);
    expect(files()).toMatchObject(before);
    expect(existsSync(join(folder, 'monitoring/dashboards/purser-overview.json'))).toBe(true);
    expect(existsSync(join(folder, 'purser/otel-collector.yaml'))).toBe(false);
    expect(out).toContain('otel-collector.yaml: your Collector stays as it is.');
    expect(out).toContain('monitoring/provisioning/dashboards/all.yaml: your Grafana');
    expect(out).toContain('monitoring/prometheus.yml: add monitoring/rules/recording-rules.yml');
  });

  it('writes nothing at all when a file differs and nobody can be asked, and names the flags', () => {
    write('purser.config.yaml', 'labels: {service: mine}\n');
    const before = files();
    const { code, out, err } = init();
    expect(code).toBe(1);
    expect(out).toBe('');
    expect(err).toContain('  purser.config.yaml\n');
    expect(err).toContain('--keep');
    expect(err).toContain('--force');
    expect(files()).toEqual(before);
    expect(init('--dry-run').out).toContain('differs   purser.config.yaml');
  });

  it('leaves what differs with --keep and overwrites it with --force', () => {
    write('purser.config.yaml', 'labels: {service: mine}\n');
    expect(init('--keep').code).toBe(0);
    expect(readFileSync(join(folder, 'purser.config.yaml'), 'utf8')).toBe('labels: {service: mine}\n');
    expect(existsSync(join(folder, 'purser/runbook.md'))).toBe(true);
    expect(init('--force').code).toBe(0);
    expect(readFileSync(join(folder, 'purser.config.yaml'), 'utf8')).toContain('purser/register');
    expect(init('--force', '--keep').code).toBe(2);
  });

  it.each([
    ['a folder stands where a file should be', 'purser.config.yaml', (): unknown => mkdirSync(join(folder, 'purser.config.yaml'))],
    ['a file stands where a folder should be', 'purser', (): void => writeFileSync(join(folder, 'purser'), 'mine')],
  ])('says so in words, before anything is written, when %s', (_, path, stand) => {
    stand();
    const before = files();
    const { code, err } = init('--force');
    expect(code).toBe(2);
    expect(err).toMatch(new RegExp(`^purser init: ${path} is .+, wanted .+\\.\n$`));
    expect(files()).toEqual(before);
  });
});
