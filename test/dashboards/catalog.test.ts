import { describe, expect, test } from 'vitest';
import { METRICS } from '../../src/telemetry/catalog/metrics.ts';
import { prometheusName } from '../../src/telemetry/catalog/prometheus-name.ts';
import { ALL_LABELS, KNOWN } from './catalog-names.ts';
import { dashboards, rules } from './files.ts';
import { readPromql, type Reading } from './promql.ts';

/** What Prometheus itself says of alerts. */
const ALERTS = new Set(['alertname', 'severity', 'alertstate']);

const recorded = new Map(
  rules('recording-rules.yml').map((rule) => [rule.record ?? '', new Set(readPromql(rule.expr).grouping.filter((label) => label !== 'le'))]),
);

const unknownIn = (reading: Reading, own: ReadonlySet<string>): string[] => {
  const wrong: string[] = [...reading.faults];
  for (const { metric, labels } of reading.selectors) {
    const known = metric === 'ALERTS' ? ALERTS : (recorded.get(metric) ?? KNOWN.get(metric)?.labels);
    if (known === undefined) wrong.push(`metric ${metric}`);
    for (const label of labels) if (known !== undefined && !known.has(label)) wrong.push(`label ${label} of ${metric}`);
  }
  // What is grouped by must be a label of one of the metrics in the expression.
  for (const label of reading.grouping) if (!own.has(label)) wrong.push(`grouping by ${label}`);
  return wrong;
};

const labelsOf = (reading: Reading): Set<string> =>
  new Set(reading.selectors.flatMap(({ metric }) => [...(metric === 'ALERTS' ? ALERTS : (recorded.get(metric) ?? KNOWN.get(metric)?.labels ?? []))]));

/** Labels of the catalog that `label_replace` gives to series of another metric. */
const given = (expression: string): string[] =>
  [...expression.matchAll(/"(\w+)", "\$1", "\w+"/g)].map((match) => match[1] ?? '').filter((label) => ALL_LABELS.has(label));

const problems = (expression: string): string[] => {
  const reading = readPromql(expression);
  return unknownIn(reading, new Set([...labelsOf(reading), ...given(expression)]));
};

describe('the reader of PromQL', () => {
  test('finds a metric, a label and a grouping that the catalog does not have, and bad syntax', () => {
    expect(problems('sum by (purser_service) (rate(purser_calls_total{purser_outcome="failed"}[5m]))')).toEqual([]);
    expect(problems('sum(rate(purser_call_total[5m]))')).toEqual(['metric purser_call_total']);
    expect(problems('sum(rate(purser_calls_total{outcome="failed"}[5m]))')).toEqual(['label outcome of purser_calls_total']);
    expect(problems('sum by (tenant) (purser_calls_total)')).toEqual(['grouping by tenant']);
    expect(problems('sum(rate(purser_calls_total[5m])')).not.toEqual([]);
  });
});

describe.each(dashboards())('$file', ({ json }) => {
  test('queries only metrics and labels of the catalog', () => {
    const wrong = json.panels.flatMap((panel) => (panel.targets ?? []).flatMap((target) => problems(target.expr).map((each) => `${panel.title}: ${each}`)));
    expect(wrong).toEqual([]);
  });

  test('annotations ask only for metrics and labels of the catalog', () => {
    expect(json.annotations.list.flatMap((mark) => problems(mark.expr ?? '').map((each) => `${mark.name}: ${each}`))).toEqual([]);
  });

  test('legends and table columns show only labels that their query keeps', () => {
    const wrong: string[] = [];
    for (const panel of json.panels)
      for (const target of panel.targets ?? []) {
        const shown = [...(target.legendFormat ?? '').matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] ?? '');
        const kept = new Set(readPromql(target.expr).grouping);
        for (const label of shown) if (!kept.has(label)) wrong.push(`${panel.title}: ${label}`);
      }
    expect(wrong).toEqual([]);
  });

  test('variables list labels of the catalog', () => {
    const wrong = json.templating.list.filter((variable) => {
      const [, selector = '', label = ''] = /^label_values\((.+), (\w+)\)$/.exec(variable.definition ?? '') ?? [];
      return variable.type === 'query' && (problems(selector).length > 0 || KNOWN.get(selector.replace(/\{.*/, ''))?.labels.has(label) !== true);
    });
    expect(wrong.map((variable) => variable.name)).toEqual([]);
  });
});

describe.each(['recording-rules.yml', 'alerts.yml'])('%s', (file) => {
  test('asks only for metrics and labels of the catalog, or recorded from them', () => {
    expect(rules(file).flatMap((rule) => problems(rule.expr).map((each) => `${rule.record ?? rule.alert}: ${each}`))).toEqual([]);
  });
});

describe('the other way round', () => {
  const asked = new Set(
    dashboards().flatMap(({ json }) =>
      json.panels.flatMap((panel) => (panel.targets ?? []).flatMap((target) => readPromql(target.expr).selectors.map(({ metric }) => metric))),
    ),
  );
  const onPanel = (entry: (typeof METRICS)[number]): boolean => {
    const name = prometheusName(entry);
    return entry.kind === 'histogram' ? ['_bucket', '_sum', '_count'].some((suffix) => asked.has(name + suffix)) : asked.has(name);
  };

  test('every metric about budgets and costs is on a panel', () => {
    const missing = METRICS.filter((entry) => /budget|cost|unpriced/.test(entry.name)).filter((entry) => !onPanel(entry));
    expect(missing.map((entry) => entry.name)).toEqual([]);
  });

  test('every other metric is on a panel too', () => {
    const left = new Set(['gen_ai.client.embeddings.operation.input_tokens']);
    expect(METRICS.filter((entry) => !onPanel(entry) && !left.has(entry.name)).map((entry) => entry.name)).toEqual([]);
  });

  test('every label that tells who spends is one to group by', () => {
    const wanted = ['purser_service', 'purser_team', 'purser_feature', 'purser_tenant', 'gen_ai_provider_name', 'gen_ai_request_model'];
    const grouped = new Set(
      dashboards().flatMap(({ json }) => json.panels.flatMap((panel) => (panel.targets ?? []).flatMap((target) => readPromql(target.expr).grouping))),
    );
    expect(wanted.filter((label) => !ALL_LABELS.has(label) || !grouped.has(label))).toEqual([]);
  });
});
