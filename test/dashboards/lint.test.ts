import { describe, expect, test } from 'vitest';
import { KNOWN } from './catalog-names.ts';
import { dashboards, type PanelJson } from './files.ts';
import { readPromql } from './promql.ts';

const VARIABLES = ['datasource', 'environment', 'service', 'provider', 'model', 'tenant', 'feature'];
const all = dashboards();
const uids = all.map(({ json }) => json.uid);

const panelsOf = (panels: readonly PanelJson[]): readonly PanelJson[] => panels.filter((panel) => panel.type !== 'row');
/** The panels that break a rule, by name. */
const breaking = (panels: readonly PanelJson[], rule: (panel: PanelJson) => boolean): string[] =>
  panelsOf(panels)
    .filter((panel) => !rule(panel))
    .map((panel) => panel.title ?? `#${panel.id}`);

const overlap = (one: PanelJson, two: PanelJson): boolean =>
  one.gridPos.x < two.gridPos.x + two.gridPos.w &&
  two.gridPos.x < one.gridPos.x + one.gridPos.w &&
  one.gridPos.y < two.gridPos.y + two.gridPos.h &&
  two.gridPos.y < one.gridPos.y + one.gridPos.h;

/** Counters, and the parts of histograms, mean something only as growth. */
const grows = (metric: string): boolean => {
  const kind = KNOWN.get(metric)?.entry.kind;
  return kind === 'counter' || kind === 'histogram';
};

/** A quantile over buckets that have lost their bounds. */
const blunt = (expression: string): boolean => expression.includes('histogram_quantile') && !/sum by \((?:\w+, )*le\)/.test(expression);

test('there are five dashboards with their own names and addresses', () => {
  expect(uids.sort()).toEqual(['purser-cost', 'purser-governance', 'purser-latency', 'purser-overview', 'purser-reliability']);
  expect(new Set(all.map(({ json }) => json.title)).size).toBe(5);
});

describe.each(all)('$file', ({ json, text }) => {
  const { panels } = json;

  test('is classic JSON of schema 42, read only, tagged, with a description', () => {
    expect(json.schemaVersion).toBe(42);
    expect(json.editable).toBe(false);
    expect(json.tags).toContain('purser');
    expect(json.description).toBeTruthy();
  });

  test('leads to the other dashboards and takes time and variables along', () => {
    expect(json.links).toEqual([expect.objectContaining({ type: 'dashboards', tags: ['purser'], includeVars: true, keepTime: true })]);
  });

  test('has the variables of the house: several at once, all of them, newly listed when the time changes', () => {
    expect(json.templating.list.map((variable) => variable.name)).toEqual(expect.arrayContaining(VARIABLES));
    for (const variable of json.templating.list.filter((each) => each.type === 'query')) {
      expect(variable).toMatchObject({ multi: true, includeAll: true, allValue: '.*', refresh: 2 });
    }
  });

  test('uses each variable that it offers', () => {
    const unused = json.templating.list.filter((each) => !text.includes(each.type === 'datasource' ? '${datasource}' : `"$${each.name}\\"`));
    expect(unused.map((each) => each.name)).toEqual([]);
  });

  test('never names a data source', () => {
    expect(text).not.toContain('${DS_');
    expect(breaking(panels, (panel) => panel.datasource?.uid === '${datasource}')).toEqual([]);
    expect(breaking(panels, (panel) => (panel.targets ?? []).every((target) => target.datasource?.uid === '${datasource}'))).toEqual([]);
    expect(json.annotations.list.filter((mark) => mark.datasource?.uid !== '${datasource}')).toEqual([]);
  });

  test('every panel has a title of its own, a description, a unit, thresholds and queries', () => {
    expect(breaking(panels, (panel) => (panel.title ?? '').length > 2)).toEqual([]);
    expect(breaking(panels, (panel) => (panel.description ?? '').length > 15)).toEqual([]);
    expect(breaking(panels, (panel) => Boolean(panel.fieldConfig?.defaults.unit))).toEqual([]);
    expect(breaking(panels, (panel) => (panel.fieldConfig?.defaults.thresholds?.steps.length ?? 0) > 0)).toEqual([]);
    expect(breaking(panels, (panel) => (panel.targets ?? []).length > 0)).toEqual([]);
    const titles = panelsOf(panels).map((panel) => panel.title);
    expect(new Set(titles).size).toBe(titles.length);
  });

  test('every number in a table has a unit', () => {
    const wrong: string[] = [];
    for (const panel of panelsOf(panels).filter((each) => each.type === 'table')) {
      const organize = panel.transformations?.find((each) => each.id === 'organize')?.options as { renameByName: Record<string, string> } | undefined;
      for (const [from, to] of Object.entries(organize?.renameByName ?? {})) {
        const override = panel.fieldConfig?.overrides.find((each) => each.matcher.options === to);
        if (from.startsWith('Value') && override?.properties.some((property) => property.id === 'unit') !== true) wrong.push(`${panel.title}: ${to}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test('thresholds rise, and begin at minus infinity', () => {
    expect(
      breaking(panels, (panel) => {
        const [first, ...rest] = panel.fieldConfig?.defaults.thresholds?.steps ?? [];
        return first?.value === null && rest.every((step, index) => (step.value ?? 0) >= (rest[index - 1]?.value ?? -Infinity));
      }),
    ).toEqual([]);
  });

  test('panels have numbers of their own and do not lie over one another', () => {
    expect(new Set(panels.map((panel) => panel.id)).size).toBe(panels.length);
    expect(panels.filter((panel) => panel.gridPos.x + panel.gridPos.w > 24)).toEqual([]);
    const clashes = panels.flatMap((one, index) =>
      panels
        .slice(index + 1)
        .filter((two) => overlap(one, two))
        .map((two) => `${one.title} / ${two.title}`),
    );
    expect(clashes).toEqual([]);
  });

  test('no counter is shown raw, and no rate of a gauge', () => {
    const wrong: string[] = [];
    for (const panel of panelsOf(panels))
      for (const target of panel.targets ?? []) {
        const reading = readPromql(target.expr);
        for (const { metric, ranged } of reading.selectors) {
          // The right side of `and on (job, instance)` only says which processes count.
          if (metric === 'purser_calls_total' && !ranged && target.expr.includes('and on (job, instance) purser_calls_total')) continue;
          if (grows(metric) !== ranged && KNOWN.get(metric)?.entry.kind !== 'updown' && !target.expr.includes(`${metric} unless`))
            wrong.push(`${panel.title}: ${metric}`);
        }
      }
    expect(wrong).toEqual([]);
  });

  test('lines use the rate interval, totals the shown range, and comparisons say theirs', () => {
    const wrong = panelsOf(panels).flatMap((panel) =>
      (panel.targets ?? []).filter((target) => (target.range === true ? /\[\$__range\]/ : /\[\$__rate_interval\]/).test(target.expr)).map(() => panel.title),
    );
    expect(wrong).toEqual([]);
  });

  test('every quantile keeps the bounds of its buckets', () => {
    expect(breaking(panels, (panel) => !(panel.targets ?? []).some((target) => blunt(target.expr)))).toEqual([]);
  });

  test('links lead to dashboards that exist and keep the time', () => {
    const links = [...text.matchAll(/\/d\/([\w-]+)\?([^"]*)/g)];
    expect(links.filter(([, uid = '', rest = '']) => !uids.includes(uid) || !rest.includes('${__url_time_range}'))).toEqual([]);
  });

  test('marks budget events, new prices, new versions and alerts', () => {
    expect(json.annotations.list.map((mark) => mark.name)).toEqual(
      expect.arrayContaining(['Budget thresholds', 'Price table changes', 'New versions', 'Purser alerts']),
    );
  });
});

test('the percentiles of calls and of first chunks have exemplars', () => {
  const latency = all.find(({ json }) => json.uid === 'purser-latency');
  const panels = panelsOf(latency?.json.panels ?? []).filter(
    (panel) => panel.type === 'timeseries' && /^(Duration|Time to first chunk by model|Duration p95 by model)$/.test(panel.title ?? ''),
  );
  expect(panels.length).toBe(3);
  for (const panel of panels) expect((panel.targets ?? []).every((target) => target.exemplar === true)).toBe(true);
});
