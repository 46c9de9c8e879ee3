import { describe, expect, test } from 'vitest';
import { alertTests, dashboards, rules, text } from './files.ts';
import { readPromql } from './promql.ts';

const alerts = rules('alerts.yml');
const headings = new Set([...text('runbook.md').matchAll(/^## (\w+)$/gm)].map((match) => match[1] ?? ''));
const tests = alertTests();

test('there are at least fourteen alerts, each with a name of its own', () => {
  expect(alerts.length).toBeGreaterThanOrEqual(14);
  expect(new Set(alerts.map((rule) => rule.alert)).size).toBe(alerts.length);
});

describe.each(alerts.map((rule) => ({ name: rule.alert ?? '', rule })))('$name', ({ name, rule }) => {
  test('has a severity, an area, a summary and a page in the runbook', () => {
    expect(['critical', 'warning', 'info']).toContain(rule.labels?.['severity']);
    expect(['budget', 'cost', 'reliability', 'privacy', 'health']).toContain(rule.labels?.['area']);
    expect(rule.annotations?.['summary']?.length).toBeGreaterThan(30);
    expect(rule.annotations?.['runbook_url']).toMatch(new RegExp(`/dashboards/runbook\\.md#${name.toLowerCase()}$`));
    expect(headings.has(name)).toBe(true);
  });

  test('is shown by promtool to fire, and to stay silent', () => {
    const mine = tests.filter((each) => each.alertname === name);
    expect(mine.some((each) => each.exp_alerts.length > 0)).toBe(true);
    expect(mine.some((each) => each.exp_alerts.length === 0)).toBe(true);
  });

  test('tells only what its expression keeps', () => {
    const kept = new Set(readPromql(rule.expr).grouping);
    const behind = (expression: string): void => {
      for (const each of rules('recording-rules.yml').filter(({ record }) => expression.includes(record ?? '?'))) {
        for (const label of readPromql(each.expr).grouping) kept.add(label);
        behind(each.expr);
      }
    };
    behind(rule.expr);
    const told = [...(rule.annotations?.['summary'] ?? '').matchAll(/\$labels\.(\w+)/g)].map((match) => match[1] ?? '');
    expect(told.filter((label) => !kept.has(label))).toEqual([]);
  });
});

test('the runbook has no page for an alert that does not exist', () => {
  const names = new Set(alerts.map((rule) => rule.alert ?? ''));
  expect([...headings].filter((heading) => heading.startsWith('Purser') && !names.has(heading))).toEqual([]);
});

test('the panels that the runbook sends to are there', () => {
  const panels = dashboards().flatMap(({ json }) => json.panels);
  const columns = panels.flatMap((panel) =>
    (panel.transformations ?? []).flatMap(({ options }) => Object.values((options['renameByName'] ?? {}) as Record<string, string>)),
  );
  const there = new Set([...panels.map((panel) => panel.title ?? ''), ...columns]);
  const sent = [...text('runbook.md').matchAll(/(?<!\*)\*([^*\n]+)\*(?!\*)/g)].map((match) => match[1] ?? '');
  expect(sent.length).toBeGreaterThan(30);
  expect(sent.filter((title) => !there.has(title))).toEqual([]);
});

test('the table in docs/DASHBOARDS.md has every alert with its severity, and no other', () => {
  const rows = [...text('../docs/DASHBOARDS.md').matchAll(/^\| `(Purser\w+)` \| (\w+) \|/gm)].map(([, name, severity]) => `${name} ${severity}`);
  expect(rows).toEqual(alerts.map((rule) => `${rule.alert} ${rule.labels?.['severity']}`));
});

test('every recorded series is used by an alert or a rule, or told of in the documentation', () => {
  const everything = [...alerts, ...rules('recording-rules.yml')].map((rule) => rule.expr).join('\n');
  const unused = rules('recording-rules.yml').filter((rule) => !everything.includes(rule.record ?? '?'));
  expect(unused.map((rule) => rule.record)).toEqual(['purser:budget_exhaustion:seconds']);
});

test('rules keep to what Prometheus 2.42 and 3.x have in common', () => {
  const notCommon =
    /\b(limitk|limit_ratio|info|sort_by_label|sort_by_label_desc|double_exponential_smoothing|holt_winters|mad_over_time|histogram_stddev|histogram_avg|first_over_time|ts_of_\w+)\s*\(|\{"/;
  expect([...alerts, ...rules('recording-rules.yml')].filter((rule) => notCommon.test(rule.expr))).toEqual([]);
});
