import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { DASHBOARDS } from './files.ts';

const cwd = fileURLToPath(DASHBOARDS);
const required = process.env['PURSER_REQUIRE_ALL'] === '1';

const run = (program: string, ...args: readonly string[]): { readonly code: number | null; readonly said: string } => {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  if (error !== undefined) return { code: null, said: error.message };
  return { code: status, said: stdout + stderr };
};
/** Debian has them in the packages prometheus and prometheus-alertmanager. */
const missing = (program: string): boolean => !required && run(program, '--version').code !== 0;

describe.skipIf(missing('promtool'))('promtool (of the package prometheus)', () => {
  test('finds nothing wrong with the rules', () => {
    const { code, said } = run('promtool', 'check', 'rules', '--lint=all', 'prometheus/recording-rules.yml', 'prometheus/alerts.yml');
    expect(said).not.toMatch(/FAILED|error|duplicate/i);
    expect(code).toBe(0);
  });

  test('finds nothing wrong with the configuration', () => {
    expect(run('promtool', 'check', 'config', 'prometheus/prometheus.yml')).toMatchObject({ code: 0 });
  });

  // A week of evaluations takes its time: left to CI and to who asks for it.
  test.runIf(required).each(readdirSync(new URL('prometheus/tests/', DASHBOARDS)))(
    'shows that the alerts of %s fire and stay silent',
    { timeout: 120_000 },
    (file) => {
      expect(run('promtool', 'test', 'rules', `prometheus/tests/${file}`)).toMatchObject({ code: 0 });
    },
  );
});

describe.skipIf(missing('amtool'))('amtool (of the package prometheus-alertmanager)', () => {
  const config = 'alertmanager/alertmanager.yml';

  test('finds nothing wrong with the configuration', () => {
    expect(run('amtool', 'check-config', config)).toMatchObject({ code: 0 });
  });

  test.each([
    ['a key in a prompt goes to security', 'purser-security', ['alertname=PurserKeyInPrompt', 'area=privacy', 'severity=critical']],
    ['an exhausted budget wakes somebody', 'purser-page', ['alertname=PurserBudgetExhausted', 'area=budget', 'severity=critical']],
    ['a slow burn goes to the owners of budgets', 'purser-budget-owners', ['alertname=PurserBudgetSlowBurn', 'area=budget', 'severity=warning']],
    ['expired leases go to the owners of budgets', 'purser-budget-owners', ['alertname=PurserBudgetLeasesExpired', 'area=budget', 'severity=info']],
    ['a failing provider wakes somebody', 'purser-page', ['alertname=PurserProviderFailing', 'area=reliability', 'severity=critical']],
    ['a store that is away wakes somebody', 'purser-page', ['alertname=PurserBudgetStoreUnavailable', 'area=health', 'severity=critical']],
    ['a spike is for the working day', 'purser-ticket', ['alertname=PurserSpendSpike', 'area=cost', 'severity=warning']],
    ['redaction that fails closed is for the working day', 'purser-ticket', ['alertname=PurserRedactionFailingClosed', 'area=privacy', 'severity=warning']],
    ['overflowing labels are for the record', 'purser-log', ['alertname=PurserLabelsOverflow', 'area=health', 'severity=info']],
    ["somebody else's alert is for the record", 'purser-log', ['alertname=NodeDown']],
  ])('%s', (_, receiver, labels) => {
    expect(run('amtool', 'config', 'routes', 'test', `--config.file=${config}`, `--verify.receivers=${receiver}`, ...labels)).toMatchObject({ code: 0 });
  });
});
