import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { wrongSpans, type Case } from './case.ts';
import { APPS, compare, REQUIRE } from './compare.ts';
import { runApp } from './run-app.ts';

const APP = join(APPS, 'app.mjs');

const NOBODY = 65_534;

/** The owner's switches. */
export const SWITCHES: readonly Case[] = [
  {
    name: 'PURSER_DISABLED: nothing is seen, nothing is said',
    async run(place) {
      const { different } = await compare(place, [APP, 'return'], { env: { PURSER_DISABLED: '1' } });
      return [...different, ...wrongSpans(place, 0)];
    },
  },
  {
    name: 'enabled: false, by variable or file: nothing is seen, nothing is said',
    async run(place) {
      const folder = mkdtempSync(join(tmpdir(), 'purser-enabled-'));
      const file = join(folder, 'purser.config.yaml');
      writeFileSync(file, 'enabled: false\n');
      const byVariable = await compare(place, [APP, 'return'], { env: { PURSER_ENABLED: 'no' } });
      const byFile = await compare(place, [APP, 'return'], { env: { PURSER_CONFIG: file } });
      rmSync(folder, { recursive: true });
      return [...byVariable.different, ...byFile.different, ...wrongSpans(place, 0)];
    },
  },
  {
    name: 'disable_file while the app runs: calls pass unseen until it is gone',
    async run(place) {
      const folder = mkdtempSync(join(tmpdir(), 'purser-switch-'));
      const env = { ...place.env, PURSER_DISABLE_FILE: join(folder, 'off'), PURSER_RELOAD_INTERVAL_MS: '100' };
      const { code, stdout } = await runApp(['--require', REQUIRE, join(APPS, 'switched.mjs')], { env });
      rmSync(folder, { recursive: true });
      return [...(code === 0 && stdout === 'done\n' ? [] : [`exit ${code}, ${stdout}`]), ...wrongSpans(place, 2)];
    },
  },
  {
    name: 'OTEL_SDK_DISABLED: calls go on, nothing is exported',
    async run(place) {
      const { different } = await compare(place, [APP, 'return'], { env: { OTEL_SDK_DISABLED: 'true' } });
      return [...different, ...wrongSpans(place, 0)];
    },
  },
  {
    name: 'strict with a fault in the config: the app is not started, in words',
    quick: true,
    async run(place) {
      const env = { ...place.env, PURSER_STRICT: '1', PURSER_OTEL_MODE: 'bogus' };
      const { code, stdout, stderr } = await runApp(['--require', REQUIRE, APP, 'return'], { env });
      const said = stderr.startsWith('purser: ') && stderr.includes('otel.mode') && stderr.includes('bogus') && stderr.split('\n').length === 2;
      return code === 1 && stdout === '' && said ? [] : [`exit ${code}, ${JSON.stringify(stdout)}, ${JSON.stringify(stderr)}`];
    },
  },
  {
    name: 'strict in the config file, with a fault inside its budgets: the app is not started, in words with file and line',
    quick: true,
    async run(place) {
      const folder = mkdtempSync(join(tmpdir(), 'purser-strict-'));
      const file = join(folder, 'purser.config.yaml');
      writeFileSync(file, 'strict: true\nbudgets:\n  - id: all\n    limit: plenty\n');
      const { code, stdout, stderr } = await runApp(['--require', REQUIRE, '-e', 'console.log("started")'], { env: { ...place.env, PURSER_CONFIG: file } });
      rmSync(folder, { recursive: true });
      const said = stderr.includes(`${file}:4: budgets[0].limit is "plenty"`) && stderr.split('\n').length === 2;
      return code === 1 && stdout === '' && said ? [] : [`exit ${code}, ${JSON.stringify(stdout)}, ${JSON.stringify(stderr)}`];
    },
  },
  {
    name: 'faults inside structured options: the app runs, and each is said in one line',
    async run(place) {
      const env = {
        ...place.env,
        PURSER_REDACTION_PATTERNS: '[{"name":"x","pattern":"("}]',
        PURSER_BUDGETS: '[{"id":"x","limit":"plenty","window":"day"}]',
        PURSER_PRICING_OVERRIDES: '{"version":1,"pricess":[]}',
        PURSER_ALERTS_CHANNELS: '[{"name":"a","kind":"slac"}]',
      };
      const { code, stdout, stderr } = await runApp(['--require', REQUIRE, APP, 'return'], { env });
      const lines = stderr.trim().split('\n');
      const keys = ['redaction.patterns[0].pattern', 'budgets[0].limit', 'pricing.overrides.pricess', 'alerts.channels[0].kind'];
      const unsaid = keys.filter((key) => lines.filter((line) => line.includes(key)).length !== 1).map((key) => `not one line says ${key}: ${stderr}`);
      return [...unsaid, ...(code === 0 && stdout === '' && lines.length === keys.length ? [] : [`exit ${code}, ${stderr}`]), ...wrongSpans(place, 1)];
    },
  },
  {
    name: 'the same fault without strict: the app runs, and one line says it',
    async run(place) {
      const env = { ...place.env, PURSER_OTEL_MODE: 'bogus' };
      const { code, stdout, stderr } = await runApp(['--require', REQUIRE, APP, 'return'], { env });
      const said = stderr.startsWith('purser: ') && stderr.includes('otel.mode') && stderr.split('\n').length === 2;
      return [...(code === 0 && stdout === '' && said ? [] : [`exit ${code}, ${JSON.stringify(stdout)}, ${JSON.stringify(stderr)}`]), ...wrongSpans(place, 1)];
    },
  },
  {
    name: 'a temporary folder, a ledger and a store in which no folder can ever be made',
    quick: true,
    async run(place) {
      const budgets = { PURSER_BUDGETS: '[{"id":"all","limit":"10 USD","window":"day"}]', PURSER_LEDGER_PATH: '/proc/purser/ledger' };
      const { different } = await compare(place, [APP, 'return'], { env: { TMPDIR: '/proc', PURSER_QUIET: '1', ...budgets }, timeoutMs: 10_000 });
      return [...different, ...wrongSpans(place, 1)];
    },
  },
  {
    name: 'working directory, home and temporary folder that cannot be written',
    missing: () => (process.getuid?.() === 0 ? undefined : 'needs root, to be nobody'),
    async run(place) {
      const budgets = { PURSER_BUDGETS: '[{"id":"all","limit":"10 USD","window":"day"}]' };
      const { different } = await compare(place, [APP, 'return'], {
        cwd: '/usr',
        uid: NOBODY,
        env: { HOME: '/usr', TMPDIR: '/usr', PURSER_QUIET: '1', ...budgets },
      });
      return [...different, ...wrongSpans(place, 1)];
    },
  },
];
