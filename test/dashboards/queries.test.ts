import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { budgetQueries } from '../../dashboards/generator/budget-queries.ts';
import { increase, sum, tokens } from '../../dashboards/generator/promql.ts';

const folder = mkdtempSync(join(tmpdir(), 'purser-queries-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const required = process.env['PURSER_REQUIRE_ALL'] === '1';
const missing = !required && spawnSync('promtool', ['--version']).status !== 0;

/** A query as Grafana sends it with all of every variable, over a range. */
const sent = (query: string, range: string): string =>
  query
    .replaceAll(/\$__(?:range|rate_interval)/g, range)
    .replaceAll(/"\$\w+"/g, '".*"')
    .replaceAll('\n', ' ');

interface Asked {
  readonly series: Readonly<Record<string, string>>;
  readonly query: string;
  readonly at: string;
  readonly wanted: readonly { readonly labels: string; readonly value: number }[];
}

/** Asks promtool what a query gives over made-up series, one sample a minute; gives what it says when the answer is another. */
const ask = ({ series, query, at, wanted }: Asked): string => {
  const file = join(folder, 'asked.yml');
  const input = Object.entries(series).map(([name, values]) => ({ series: name, values }));
  const asked = { interval: '1m', input_series: input, promql_expr_test: [{ expr: `round(${query}, 0.001)`, eval_time: at, exp_samples: wanted }] };
  writeFileSync(file, stringify({ evaluation_interval: '1m', tests: [asked] }));
  const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', file], { encoding: 'utf8' });
  return status === 0 ? '' : stdout + stderr;
};

const calls = (service: string, job: string, instance: string): string =>
  `purser_calls_total{purser_service="${service}", purser_environment="prod", job="${job}", instance="${instance}"}`;
const gauge = (name: string, id: string, job: string, instance: string, key = id): string =>
  `purser_budget_${name}{purser_budget="${id}", purser_budget_key="${key}", purser_budget_unit="usd", job="${job}", instance="${instance}"}`;
const budgetOf = (job: string, id: string): string => `{job="${job}", purser_budget="${id}", purser_budget_key="${id}", purser_budget_unit="usd"}`;

describe.skipIf(missing)('queries of panels, asked of promtool (of the package prometheus)', () => {
  test('what a process did before it ended is in the total of the time shown', () => {
    const series = {
      'purser_keys_in_prompts_total{purser_detector="aws-key", job="chat", instance="a"}': '0x30 5x30 stale',
      [calls('chat', 'chat', 'a')]: '0+10x60 stale',
      [calls('chat', 'chat', 'b')]: '_x60 0+10x60',
    };
    const query = sent(`round(${sum(increase('purser.keys_in_prompts'))})`, '3h');
    expect(ask({ series, query, at: '2h', wanted: [{ labels: '{}', value: 5 }] })).toBe('');
  });

  test('each process counts with one of the two ways to tell tokens', () => {
    const older = (job: string, instance: string): string => `gen_ai_client_token_usage_sum{gen_ai_token_type="input", job="${job}", instance="${instance}"}`;
    const series = {
      'gen_ai_client_inference_usage_input_tokens_total{purser_service="new", job="j", instance="a"}': '0+60x120',
      [older('k', 'b')]: '0+60x120',
      // This one tells them both ways.
      'gen_ai_client_inference_usage_input_tokens_total{purser_service="both", job="j", instance="c"}': '0+60x120',
      [older('j', 'c')]: '0+60x120',
      [calls('new', 'j', 'a')]: '0+1x120',
      [calls('old', 'k', 'b')]: '0+1x120',
      [calls('both', 'j', 'c')]: '0+1x120',
    };
    expect(ask({ series, query: sent(tokens('input', [], 'increase'), '1h'), at: '100m', wanted: [{ labels: '{}', value: 10_800 }] })).toBe('');
  });

  test('budgets are those of a job, in their present window, and never the rest beyond the cap of labels', () => {
    const series = {
      // Idle since yesterday, and at work today.
      [gauge('limit', 'day', 'chat', 'a')]: '10x120',
      [gauge('limit', 'day', 'chat', 'b')]: '10x120',
      [gauge('committed', 'day', 'chat', 'a')]: '9.8x120',
      [gauge('committed', 'day', 'chat', 'b')]: '0.2x120',
      [gauge('window_end_seconds', 'day', 'chat', 'a')]: '600x120',
      [gauge('window_end_seconds', 'day', 'chat', 'b')]: '86400x120',
      // The same id in another service; it has no end.
      [gauge('limit', 'day', 'search', 'c')]: '1000x120',
      [gauge('committed', 'day', 'search', 'c')]: '500x120',
      [gauge('limit', 'user', 'chat', 'b', 'other')]: '1x120',
      [gauge('committed', 'user', 'chat', 'b', 'other')]: '1x120',
      [calls('chat', 'chat', 'a')]: '5x120',
      [calls('chat', 'chat', 'b')]: '0+1x120',
      [calls('search', 'search', 'c')]: '0+1x120',
    };
    const wanted = [
      { labels: budgetOf('chat', 'day'), value: 0.02 },
      { labels: budgetOf('search', 'day'), value: 0.5 },
    ];
    for (const chosen of [true, false]) expect(ask({ series, query: sent(budgetQueries(chosen).used, '1h'), at: '100m', wanted })).toBe('');
  });
});
