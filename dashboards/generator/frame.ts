import {
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  type Dashboard,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DATASOURCE, linkToAll, type PlacedPanel } from './panels.ts';

/** A row of panels under a heading. */
export interface Section {
  readonly title: string;
  readonly panels: readonly PlacedPanel[];
}

/** What makes a dashboard. */
export interface Frame {
  readonly uid: string;
  readonly title: string;
  readonly about: string;
  readonly sections: readonly Section[];
  /** Offer a choice of budgets. */
  readonly budgets?: boolean;
}

const CHOICES: readonly (readonly [name: string, title: string, query: string])[] = [
  ['environment', 'Environment', 'label_values(purser_calls_total, purser_environment)'],
  ['service', 'Service', 'label_values(purser_calls_total{purser_environment=~"$environment"}, purser_service)'],
  ['provider', 'Provider', 'label_values(purser_calls_total{purser_environment=~"$environment", purser_service=~"$service"}, gen_ai_provider_name)'],
  [
    'model',
    'Model',
    'label_values(purser_calls_total{purser_environment=~"$environment", purser_service=~"$service", gen_ai_provider_name=~"$provider"}, gen_ai_request_model)',
  ],
  ['tenant', 'Tenant', 'label_values(purser_calls_total{purser_environment=~"$environment", purser_service=~"$service"}, purser_tenant)'],
  ['feature', 'Feature', 'label_values(purser_calls_total{purser_environment=~"$environment", purser_service=~"$service"}, purser_feature)'],
];
const BUDGET_CHOICE = ['budget', 'Budget', 'label_values(purser_budget_limit, purser_budget)'] as const;

const choice = ([name, title, query]: readonly [string, string, string]): QueryVariableBuilder =>
  new QueryVariableBuilder(name)
    .label(title)
    .datasource(DATASOURCE)
    .query(query)
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalCaseInsensitiveAsc)
    .multi(true)
    .includeAll(true)
    // Also matches series without the label, which a list of all known values would lose.
    .allValue('.*')
    .current({ selected: true, text: ['All'], value: ['$__all'] });

const mark = (name: string, color: string, expr: string, titleFormat: string, textFormat: string): AnnotationQueryBuilder =>
  new AnnotationQueryBuilder()
    .name(name)
    .datasource(DATASOURCE)
    .enable(true)
    .iconColor(color)
    .expr(expr)
    .step('60s')
    .titleFormat(titleFormat)
    .textFormat(textFormat);

const marks = (): AnnotationQueryBuilder[] => [
  mark(
    'Budget thresholds',
    'orange',
    'sum by (purser_budget, purser_budget_threshold) (increase(purser_budget_thresholds_crossed_total[$__rate_interval])) > 0',
    'Budget {{purser_budget}}',
    'crossed {{purser_budget_threshold}} of its limit',
  ),
  mark(
    'Price table changes',
    'blue',
    'sum by (purser_result) (increase(purser_price_table_refreshes_total{purser_result="updated"}[$__rate_interval])) > 0',
    'Price table',
    'new prices are in use',
  ),
  mark(
    'New versions',
    'green',
    'count by (purser_version) (purser_info) unless count by (purser_version) (purser_info offset 5m)',
    'Purser {{purser_version}}',
    'first process with this version',
  ),
  mark('Purser alerts', 'red', 'max by (alertname, severity) (ALERTS{alertname=~"Purser.*", alertstate="firing"})', '{{alertname}}', '{{severity}}'),
];

const withPanels = (builder: DashboardBuilder, sections: readonly Section[]): void => {
  let y = 0;
  let id = 0;
  for (const section of sections) {
    id += 1;
    builder.withRow(new RowBuilder(section.title).id(id).gridPos({ x: 0, y, w: 24, h: 1 }));
    y += 1;
    let x = 0;
    let tallest = 0;
    for (const panel of section.panels) {
      if (x + panel.width > 24) {
        x = 0;
        y += tallest;
        tallest = 0;
      }
      id += 1;
      const built = panel.build(id, x, y);
      builder.withPanel({ build: () => built });
      x += panel.width;
      tallest = Math.max(tallest, panel.height);
    }
    y += tallest;
  }
};

/** The SDK's builders put links and marks into a menu; we want them in sight. */
const onTop = (built: Dashboard): Dashboard => {
  for (const each of [...(built.links ?? []), ...(built.annotations.list ?? [])]) delete each.placement;
  return built;
};

/** A whole dashboard in Grafana's classic JSON, schema 42: Grafana 10 reads it, 13 migrates it as it loads. */
export const dashboard = (frame: Frame): Dashboard => {
  const builder = new DashboardBuilder(frame.title)
    .uid(frame.uid)
    .description(frame.about)
    .tags(['purser', 'llm'])
    .timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: 'now-6h', to: 'now' })
    .refresh('1m')
    .readonly()
    .link(linkToAll())
    .annotations(marks());
  builder.withVariable(new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'));
  for (const each of frame.budgets === true ? [...CHOICES, BUDGET_CHOICE] : CHOICES) builder.withVariable(choice(each));
  withPanels(builder, frame.sections);
  return onTop(builder.build());
};
