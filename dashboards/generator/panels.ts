import { PanelBuilder as BarGauge } from '@grafana/grafana-foundation-sdk/bargauge';
import {
  AxisPlacement,
  BarGaugeDisplayMode,
  BigValueColorMode,
  BigValueGraphMode,
  GraphDrawStyle,
  GraphGradientMode,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  SortOrder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizOrientation,
} from '@grafana/grafana-foundation-sdk/common';
import {
  GraphThresholdsStyleConfigBuilder,
  ReduceDataOptionsBuilder,
  StackingConfigBuilder,
  VizLegendOptionsBuilder,
  VizTextDisplayOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  DashboardLinkBuilder,
  DashboardLinkType,
  FieldColorBuilder,
  FieldColorModeId,
  type DynamicConfigValue,
  type Panel,
  type PanelBuilder,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as Heatmap, RowsHeatmapOptionsBuilder, YAxisConfigBuilder } from '@grafana/grafana-foundation-sdk/heatmap';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as StateTimeline } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as Table } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries';

/** Every panel asks the data source that the reader chose. */
export const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };

/** One query: its expression, and what its series are called. */
export type Query = readonly [expression: string, legend?: string];

/** What all panels say. */
interface Common {
  readonly title: string;
  /** What the reader sees and what to do about it. */
  readonly about: string;
  readonly unit: string;
  readonly width: number;
  readonly height?: number;
  readonly queries: readonly Query[];
  readonly thresholds?: readonly Threshold[];
  readonly decimals?: number;
  readonly max?: number;
  /** Shown where nothing happened; set it on panels that are empty while all is well. */
  readonly quiet?: string;
}

/** A panel of the house's kinds; the layout gives it its place and number. */
export interface PlacedPanel {
  readonly width: number;
  readonly height: number;
  readonly build: (id: number, x: number, y: number) => Panel;
}

const query = ([expression, legendFormat]: Query, index: number): DataqueryBuilder =>
  new DataqueryBuilder()
    .refId(String.fromCharCode(65 + index))
    .datasource(DATASOURCE)
    .expr(expression)
    .legendFormat(legendFormat ?? '__auto');

/** The part of the SDK's panel builders that all kinds have. */
type AnyBuilder = PanelBuilder & { build: () => Panel };

const place = (spec: Common, height: number, make: () => unknown): PlacedPanel => ({
  width: spec.width,
  height: spec.height ?? height,
  build: (id, x, y) => {
    const builder = make() as AnyBuilder;
    builder
      .id(id)
      .title(spec.title)
      .description(spec.about)
      .datasource(DATASOURCE)
      .unit(spec.unit)
      .thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([...(spec.thresholds ?? [{ value: null, color: 'blue' }])]))
      .gridPos({ x, y, w: spec.width, h: spec.height ?? height });
    if (spec.decimals !== undefined) builder.decimals(spec.decimals);
    if (spec.quiet !== undefined) builder.noValue(spec.quiet);
    return builder.build();
  },
});

const byThreshold = (): FieldColorBuilder => new FieldColorBuilder().mode(FieldColorModeId.Thresholds);
const reduceLast = (): ReduceDataOptionsBuilder => new ReduceDataOptionsBuilder().calcs(['lastNotNull']).fields('').values(false);

/** One number; with `trend` also the line behind it. */
export const stat = (spec: Common & { readonly trend?: boolean; readonly named?: boolean }): PlacedPanel =>
  place(spec, 4, () => {
    const panel = new Stat()
      .graphMode(spec.trend === true ? BigValueGraphMode.Area : BigValueGraphMode.None)
      .colorMode(BigValueColorMode.Value)
      .reduceOptions(reduceLast())
      .text(new VizTextDisplayOptionsBuilder().valueSize(30))
      .colorScheme(byThreshold());
    // Without a range the number is exact for the shown time; with one it is the last point of the line.
    spec.queries.forEach((each, index) => panel.withTarget(spec.trend === true ? query(each, index).range() : query(each, index).instant()));
    return panel;
  });

/** Lines over time. */
export const lines = (
  spec: Common & {
    readonly stacked?: boolean;
    readonly bars?: boolean;
    readonly exemplars?: boolean;
    readonly limits?: boolean;
    readonly colors?: Readonly<Record<string, string>>;
    readonly totals?: boolean;
    readonly dashed?: readonly string[];
  },
): PlacedPanel =>
  place(spec, 8, () => {
    const panel = new TimeSeries()
      .drawStyle(spec.bars === true ? GraphDrawStyle.Bars : GraphDrawStyle.Line)
      .lineWidth(spec.stacked === true ? 1 : 2)
      .fillOpacity(spec.bars === true ? 80 : spec.stacked === true ? 35 : 8)
      .gradientMode(GraphGradientMode.None)
      .showPoints(VisibilityMode.Never)
      .spanNulls(300_000)
      .min(0)
      .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassic))
      .legend(
        new VizLegendOptionsBuilder()
          .displayMode(spec.totals === true ? LegendDisplayMode.Table : LegendDisplayMode.List)
          .placement(LegendPlacement.Bottom)
          .showLegend(true)
          .calcs(spec.totals === true ? ['mean', 'max', 'lastNotNull'] : []),
      )
      .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
    if (spec.max !== undefined) panel.max(spec.max);
    if (spec.stacked === true) panel.stacking(new StackingConfigBuilder().group('A').mode(StackingMode.Normal));
    if (spec.limits === true) panel.thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
    for (const [name, color] of Object.entries(spec.colors ?? {})) {
      panel.overrideByName(name, [{ id: 'color', value: { mode: 'fixed', fixedColor: color } }]);
    }
    for (const name of spec.dashed ?? []) {
      panel.overrideByName(name, [
        { id: 'custom.lineStyle', value: { fill: 'dash', dash: [8, 6] } },
        { id: 'custom.fillOpacity', value: 0 },
        { id: 'custom.stacking', value: { mode: 'none', group: 'A' } },
      ]);
    }
    spec.queries.forEach((each, index) =>
      panel.withTarget(
        query(each, index)
          .range()
          .exemplar(spec.exemplars === true),
      ),
    );
    return panel;
  });

/** One horizontal bar for each series. */
export const bars = (spec: Common): PlacedPanel =>
  place(spec, 8, () => {
    const panel = new BarGauge()
      .orientation(VizOrientation.Horizontal)
      .displayMode(BarGaugeDisplayMode.Basic)
      .reduceOptions(reduceLast())
      .min(0)
      .colorScheme(byThreshold());
    if (spec.max !== undefined) panel.max(spec.max);
    spec.queries.forEach((each, index) => panel.withTarget(query(each, index).instant()));
    return panel;
  });

/** How often each value came, over time. */
export const heatmap = (spec: Common): PlacedPanel =>
  place(spec, 8, () => {
    const panel = new Heatmap().calculate(false).cellGap(1).showValue(VisibilityMode.Never).rowsFrame(new RowsHeatmapOptionsBuilder());
    panel.yAxis(new YAxisConfigBuilder().unit(spec.unit).axisPlacement(AxisPlacement.Left));
    spec.queries.forEach((each, index) => panel.withTarget(query(each, index).range().format(PromQueryFormat.Heatmap)));
    return panel;
  });

/** One band for each series that changes its color with its value. */
export const bands = (spec: Common): PlacedPanel =>
  place(spec, 6, () => {
    const panel = new StateTimeline()
      .showValue(VisibilityMode.Never)
      .mergeValues(true)
      .rowHeight(0.8)
      .fillOpacity(80)
      .lineWidth(0)
      .colorScheme(byThreshold())
      .legend(new VizLegendOptionsBuilder().displayMode(LegendDisplayMode.List).placement(LegendPlacement.Bottom).showLegend(false).calcs([]))
      .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Single).sort(SortOrder.None));
    spec.queries.forEach((each, index) => panel.withTarget(query(each, index).range()));
    return panel;
  });

/** A column of a table that holds numbers. */
export interface Column {
  readonly title: string;
  readonly query: string;
  readonly unit: string;
  readonly decimals?: number;
  readonly thresholds?: readonly Threshold[];
  /** `bar` draws the number as a bar up to `max`, `text` colors it by its thresholds. */
  readonly look?: 'bar' | 'text';
  readonly max?: number;
}

/** A column of a table that names its rows. */
export interface Key {
  readonly label: string;
  readonly title: string;
  readonly link?: { readonly title: string; readonly url: string };
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

const numberStyle = (column: Column): DynamicConfigValue[] => {
  const style: DynamicConfigValue[] = [{ id: 'unit', value: column.unit }];
  if (column.decimals !== undefined) style.push({ id: 'decimals', value: column.decimals });
  if (column.look === 'bar') style.push({ id: 'min', value: 0 });
  if (column.max !== undefined) style.push({ id: 'max', value: column.max });
  if (column.thresholds !== undefined) style.push({ id: 'thresholds', value: { mode: 'absolute', steps: column.thresholds } });
  if (column.look === 'bar') style.push({ id: 'custom.cellOptions', value: { type: 'gauge', mode: 'basic', valueDisplayMode: 'text' } });
  if (column.look === 'text') style.push({ id: 'custom.cellOptions', value: { type: 'color-text' } });
  return style;
};

/** A table: one row for each combination of its keys, one column for each query. */
export const table = (
  spec: Omit<Common, 'queries' | 'unit'> & { readonly keys: readonly Key[]; readonly columns: readonly Column[]; readonly sortBy?: string },
): PlacedPanel =>
  place({ ...spec, unit: 'short', queries: [] }, 8, () => {
    const panel = new Table().showHeader(true).minWidth(70);
    // Grafana names a value after its query; a lone query's value is just `Value`.
    const valueOf = (index: number): string => (spec.columns.length === 1 ? 'Value' : `Value #${LETTERS[index] ?? ''}`);
    const renameByName: Record<string, string> = {};
    const indexByName: Record<string, number> = {};
    spec.keys.forEach((key, index) => {
      renameByName[key.label] = key.title;
      indexByName[key.label] = index;
      if (key.link !== undefined) panel.overrideByName(key.title, [{ id: 'links', value: [{ ...key.link, targetBlank: false }] }]);
    });
    spec.columns.forEach((column, index) => {
      renameByName[valueOf(index)] = column.title;
      indexByName[valueOf(index)] = spec.keys.length + index;
      panel.overrideByName(column.title, numberStyle(column));
      panel.withTarget(query([column.query], index).instant().format(PromQueryFormat.Table));
    });
    panel.withTransformation({ id: 'merge', options: {} });
    panel.withTransformation({ id: 'organize', options: { excludeByName: { Time: true }, indexByName, renameByName } });
    if (spec.sortBy !== undefined) panel.withTransformation({ id: 'sortBy', options: { fields: {}, sort: [{ field: spec.sortBy, desc: true }] } });
    return panel;
  });

/** The way to the other dashboards; it keeps the time and the variables. */
export const linkToAll = (): DashboardLinkBuilder =>
  new DashboardLinkBuilder('Purser')
    .type(DashboardLinkType.Dashboards)
    .tags(['purser'])
    .icon('external link')
    .asDropdown(false)
    .includeVars(true)
    .keepTime(true)
    .targetBlank(false);
