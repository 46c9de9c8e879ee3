import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadConfig, throwIfStrict } from '../../../src/config/load.ts';
import { compiledOnce } from '../../support/compiled-once.ts';
import { memoryFiles, loadText } from './memory-files.ts';

const messages = (text: string, env = {}, ending = 'yaml'): readonly string[] => loadText(text, env, ending).problems.map(({ message }) => message);

describe('a config file', () => {
  it('is found from the working directory upwards, the nearest first', () => {
    const files = memoryFiles({ '/srv/purser.config.json': '{"labels":{"team":"far"}}', '/srv/app/purser.config.yml': 'labels: {team: near}' });
    expect(loadConfig({ env: {}, cwd: '/srv/app/src/deep', files }).config.labels.team).toBe('near');
    expect(loadConfig({ env: {}, cwd: '/srv/other', files }).config.labels.team).toBe('far');
    expect(loadConfig({ env: { PURSER_CONFIG: '../purser.config.json' }, cwd: '/srv/app', files }).config.labels.team).toBe('far');
    expect(loadConfig({ env: { PURSER_CONFIG: 'none' }, cwd: '/srv/app', files }).file).toBeUndefined();
  });

  it('is not taken from a folder above where anybody may put one, unless it is named', () => {
    const files = memoryFiles({ '/tmp/purser.config.yaml': 'labels: {team: intruder}' }, ['/tmp']);
    const found = loadConfig({ env: {}, cwd: '/tmp/app', files });
    expect(found.config.labels.team).toBeUndefined();
    expect(found.problems).toEqual([expect.objectContaining({ code: 'config_unreadable', file: '/tmp/purser.config.yaml' })]);
    expect(loadConfig({ env: { PURSER_CONFIG: '/tmp/purser.config.yaml' }, cwd: '/tmp/app', files }).config.labels.team).toBe('intruder');
    expect(loadConfig({ env: {}, cwd: '/tmp', files }).config.labels.team).toBe('intruder');
  });

  it('says so when the named file is not there', () => {
    const { problems, config } = loadConfig({ env: { PURSER_CONFIG: 'gone.yaml' }, cwd: '/app', files: memoryFiles({}) });
    expect(problems).toEqual([expect.objectContaining({ code: 'config_unreadable', key: 'PURSER_CONFIG', file: '/app/gone.yaml' })]);
    expect(config.enabled).toBe(true);
  });

  it('gives way to the environment, and each value knows where it came from', () => {
    const { config, origins } = loadText('labels:\n  team: file\n  feature: file\n', { PURSER_TEAM: 'env' });
    expect(config.labels).toMatchObject({ team: 'env', feature: 'file' });
    expect(origins.get('labels.team')).toBe('env:PURSER_TEAM');
    expect(origins.get('labels.feature')).toBe('file:/app/purser.config.yaml:3');
    expect(origins.get('labels.tenant')).toBe('default');
  });

  it.each([
    ['strict: maybe', '/app/purser.config.yaml:1: strict is "maybe", wanted true or false.'],
    ['labels:\n  tem: x', '/app/purser.config.yaml:2: labels.tem is not an option, wanted a key of docs/CONFIG.md. Did you mean labels.team?'],
    [
      'shutdown:\n\n  timeout: 2s',
      '/app/purser.config.yaml:3: shutdown.timeout is not an option, wanted a key of docs/CONFIG.md. Did you mean shutdown.timeout_ms?',
    ],
    ['budget: []', '/app/purser.config.yaml:1: budget is not an option, wanted a key of docs/CONFIG.md. Did you mean budgets?'],
    ['labels: payments', '/app/purser.config.yaml:1: labels is "payments", wanted a mapping of options.'],
    [
      'otlp:\n  endpoint: localhost:4318',
      '/app/purser.config.yaml:2: otlp.endpoint is "localhost:4318", wanted an address that begins with http:// or https://.',
    ],
    ['store:\n  kind: mysql', '/app/purser.config.yaml:2: store.kind is "mysql", wanted one of memory, sqlite, redis.'],
    [
      'redaction:\n  modes: {content: hide}',
      '/app/purser.config.yaml:2: redaction.modes.content is "hide", wanted one of off, metadata-only, redact, hash, drop.',
    ],
    ['ask_usage:\n  hosts:\n    - a\n    - {b: c}', '/app/purser.config.yaml:2: ask_usage.hosts[1] is a mapping, wanted a list of texts.'],
  ])('answers %j in words', (text, wanted) => {
    expect(messages(text)).toEqual([wanted]);
  });

  it('gives the same line for JSON', () => {
    expect(messages('{\n  "labels": {\n    "metric_cap": "all"\n  }\n}', {}, 'json')).toEqual([
      '/app/purser.config.json:3: labels.metric_cap is "all", wanted a whole number from 1 to 10000.',
    ]);
  });

  it.each([
    ['yaml', 'labels:\n  team: x\n bad: [', /purser\.config\.yaml:\d+ cannot be read: not valid YAML/],
    ['yaml', 'labels: {}\nlabels: {}', /purser\.config\.yaml:2 cannot be read: not valid YAML, duplicate key/],
    ['yaml', '- a\n- b', /its content is no mapping/],
    ['json', '{"labels": }', /cannot be read: not valid JSON/],
    ['json', '[]', /its content is no mapping/],
  ])('of %s that cannot be parsed is refused whole, without quoting it', (ending, text, wanted) => {
    const { problems } = loadText(text, {}, ending);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.message).toMatch(wanted);
  });

  it('never shows the value of a secret option, of an unknown key, or one that looks like a key', () => {
    const key = ['sk', 'test', 'aB3dE5fG7hJ9kL1mN3pQ'].join('-');
    const said = messages(`labels:\n  hash_key: [${key}]\nopenai_key: ${key}\nstrict: ${key}\notlp:\n  endpoint: ftp://u:${key}@host\n`).join('\n');
    expect(said).not.toContain(key);
    expect(said).toContain('labels.hash_key is (hidden)');
    expect(said).toContain('openai_key is not an option');
  });

  it.each(['p@ss-half', 'p/ss-half', '@ss-half@'])('shows nothing of the password of an address that is not in order: %s', (password) => {
    const said = messages(`otlp:\n  endpoint: ftp://me:${password}@host\n`).join('\n');
    expect(said).toContain('"ftp://(hidden)@host"');
  });

  it('takes members without a value for absent, and $schema for what it is', () => {
    expect(messages('$schema: x\nlabels:\n  team:\nprometheus:\n')).toEqual([]);
  });

  it('takes camel case and dotted keys too', () => {
    const { config, problems } = loadText('{"shutdown": {"timeoutMs": "3s"}, "labels.team": "core"}', {}, 'json');
    expect(problems).toEqual([]);
    expect(config.shutdown.timeoutMs).toBe(3_000);
    expect(config.labels.team).toBe('core');
  });

  it('takes paths from its own folder', () => {
    const files = memoryFiles({ '/srv/purser.config.yaml': 'jsonl: {file: out/calls.jsonl}' });
    expect(loadConfig({ env: {}, cwd: '/srv/app', files }).config.jsonl.file).toBe('/srv/out/calls.jsonl');
  });

  it('puts variables and files in, and names those that are missing', () => {
    const files = memoryFiles({
      '/app/purser.config.yaml':
        'labels:\n  team: ${TEAM:-core}\n  feature: ${env:FEATURE}\n  tenant: "$${TENANT}"\n  hash_key: ${file:key.txt}\nalerts:\n  channels:\n    - url: ${HOOK}\n    - url: ${file:no.txt}\n',
      '/app/key.txt': 'from-a-file\n',
    });
    const { config, problems } = loadConfig({ env: { FEATURE: 'search' }, cwd: '/app', files });
    expect(config.labels).toMatchObject({ team: 'core', feature: 'search', tenant: '${TENANT}', hashKey: 'from-a-file' });
    expect(problems.map(({ message }) => message)).toEqual([
      '/app/purser.config.yaml:8: alerts.channels[0].url is ${HOOK}, wanted the variable HOOK to be set.',
      '/app/purser.config.yaml:9: alerts.channels[1].url is ${file:no.txt}, wanted a file that can be read.',
    ]);
  });

  it('keeps the default where a reference leads nowhere, and says so once', () => {
    const { config, problems } = loadText('labels:\n  team: ${TEAM}\n  baggage: [a, "${KEY}"]\nprometheus: {port: "${PORT}"}\n');
    expect(config.labels.team).toBeUndefined();
    expect(config.labels.baggage).toEqual([]);
    expect(problems.map(({ key, seen }) => [key, seen])).toEqual([
      ['labels.team', '${TEAM}'],
      ['labels.baggage[1]', '${KEY}'],
      ['prometheus.port', '${PORT}'],
    ]);
  });

  it('shows the reference and not what it brought in, which may be a secret in the wrong place', () => {
    expect(messages('redaction: {modes: {content: "${MODE}"}}', { MODE: 'my secret' }).join('')).toContain('redaction.modes.content is "${MODE}", wanted');
    expect(messages('exporters: {traces: [otlp, "${TO}"]}', { TO: 'my secret' }).join('')).toContain('exporters.traces[1] is "${TO}", wanted');
    expect(messages('prometheus: {port: "${PORT}"}', { PORT: 'my secret' })).toEqual([
      '/app/purser.config.yaml:1: prometheus.port is "${PORT}", wanted a whole number from 0 to 65535.',
    ]);
  });

  it('points at the lines of a structured option', () => {
    const { config } = loadText('budgets:\n  - id: a\n    match:\n      model: x\n  - id: b\n');
    expect(config.budgets?.locate([0, 'match', 'model'])).toBe('/app/purser.config.yaml:4');
    expect(config.budgets?.locate([1])).toBe('/app/purser.config.yaml:5');
    expect(config.budgets?.locate([0, 'limit'])).toBe('/app/purser.config.yaml:2');
  });

  it('is checked by the stations that own a part of it', () => {
    const loaded = loadConfig({
      env: {},
      cwd: '/app',
      files: memoryFiles({ '/app/purser.config.yaml': 'budgets:\n  - id: a\n    limit: much\n' }),
      checks: { budgets: () => [{ path: [0, 'limit'], seen: '"much"', wanted: 'an amount' }] },
    });
    expect(loaded.problems.map(({ message }) => message)).toEqual(['/app/purser.config.yaml:3: budgets[0].limit is "much", wanted an amount.']);
  });

  it('stops the start only when it asks for that', () => {
    expect(() => throwIfStrict(loadText('enabled: maybe'))).not.toThrow();
    expect(() => throwIfStrict(loadText('strict: true'))).not.toThrow();
    expect(() => throwIfStrict(loadText('strict: true\nenabled: maybe'))).toThrow('/app/purser.config.yaml:2: enabled is "maybe", wanted true or false.');
  });

  it('survives cycles, depth and alias bombs', () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghij'
      .split('')
      .map((name, at) => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcdefghi'[at]}`).join(',')}]`)
      .join('\n')}\n`;
    expect(messages(bomb)).toHaveLength(1);
    expect(messages(`{"budgets": ${'['.repeat(5_000)}${']'.repeat(5_000)}}`, {}, 'json').join('\n')).toContain('budgets');
    expect(messages('__proto__: {enabled: false}\nconstructor: x')).toHaveLength(2);
    expect(({} as Record<string, unknown>).enabled).toBeUndefined();
  });
});

describe('a config file in JavaScript', () => {
  const folder = mkdtempSync(join(tmpdir(), 'purser-config-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const load = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return loadConfig({ env: {}, cwd: folder, file: name });
  };

  it.each([
    ['a.config.mjs', 'export default { labels: { team: "core" } };'],
    ['b.config.cjs', 'module.exports = { labels: { team: "core" } };'],
  ])('%s is loaded at once', (name, text) => {
    const { config, problems, origins } = load(name, text);
    expect(problems).toEqual([]);
    expect(config.labels.team).toBe('core');
    expect(origins.get('labels.team')).toBe(`file:${join(folder, name)}`);
  });

  it.each([
    ['c.config.mjs', 'throw new Error("no luck");', 'no luck'],
    ['d.config.mjs', 'await 1; export default {};', 'cannot be read'],
    ['e.config.cjs', 'module.exports = { get labels() { throw new Error("trap") } };', 'PURSER_CONFIG'],
    ['f.config.cjs', 'module.exports = 7;', 'its content is no mapping'],
  ])('%s that fails is reported and leaves the defaults', (name, text, wanted) => {
    const { config, problems } = load(name, text);
    expect(config.enabled).toBe(true);
    expect(problems.map(({ message }) => message).join('\n')).toContain(wanted);
  });
});

describe('the file with price overrides', () => {
  const text = 'version: 1\nprices:\n  - match: {model: x}\n';
  const load = (config: string) => loadConfig({ env: {}, cwd: '/app', files: memoryFiles({ '/app/purser.config.yaml': config, '/app/prices.yaml': text }) });

  it('is read as if it stood in the config, and knows its lines', () => {
    const { config, problems } = load('pricing: {file: prices.yaml}');
    expect(problems).toEqual([]);
    expect(config.pricing.overrides?.value).toEqual({ version: 1, prices: [{ match: { model: 'x' } }] });
    expect(config.pricing.overrides?.locate(['prices', 0])).toBe('/app/prices.yaml:3');
  });

  it('is reported when it is not there, or not alone', () => {
    expect(load('pricing: {file: gone.yaml}').problems).toEqual([expect.objectContaining({ key: 'pricing.file', code: 'config_unreadable' })]);
    expect(load('pricing: {file: prices.yaml, overrides: {version: 1}}').problems).toEqual([
      expect.objectContaining({ key: 'pricing.file', wanted: 'one of the two' }),
    ]);
  });
});

describe.skipIf(process.platform === 'win32')('what is named as a config file and is no plain file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'purser-config-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const LOAD = `import { loadConfig } from ${JSON.stringify(resolve('src/config/load.ts'))}; const [file] = process.argv.slice(1);
    const { problems, config } = loadConfig({ env: file === undefined ? {} : { PURSER_CONFIG: file }, cwd: process.cwd() }); console.log(JSON.stringify([problems.map(({ message }) => message), config.enabled]));`;
  // In a process of its own: to wait for a writer that never comes would stop this one.
  const load = (...file: readonly string[]): unknown => {
    const how = { cwd: folder, env: compiledOnce(), timeout: 10_000, encoding: 'utf8' } as const;
    const { stdout, signal } = spawnSync(process.execPath, ['--input-type=module', '-e', LOAD, ...file], how);
    return signal ?? JSON.parse(stdout);
  };

  it.each(['pipe.yaml', 'pipe.mjs'])('%s without a writer is refused at once', (name) => {
    const pipe = join(folder, name);
    expect(spawnSync('mkfifo', [pipe]).status).toBe(0);
    expect(load(pipe)).toEqual([[`The config file ${pipe} cannot be read: not a plain file but a folder, a pipe or a device (PURSER_CONFIG)`], true]);
  });

  it.each(['.', '/dev/zero'])('%s is refused in the same words', (name) => {
    expect(load(name)).toEqual([[expect.stringContaining('cannot be read: not a plain file but a folder, a pipe or a device (PURSER_CONFIG)')], true]);
  });

  it('is passed over where it was not named', () => {
    mkdirSync(join(folder, 'purser.config.yaml'));
    writeFileSync(join(folder, 'purser.config.json'), '{"enabled": false}');
    expect(load()).toEqual([[], false]);
  });
});
