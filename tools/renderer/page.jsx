// The page that Chromium renders: one dashboard, drawn with Grafana's own components from live Prometheus data.
// Kinds of panels that Grafana keeps out of npm (heatmap, state timeline) are drawn here in their likeness.
import {
  applyFieldOverrides,
  cacheFieldDisplayNames,
  createTheme,
  dateTime,
  EventBusSrv,
  FieldType,
  getDisplayProcessor,
  getFieldDisplayName,
  Registry,
  standardTransformersRegistry,
  standardTransformers,
  toDataFrame,
  transformDataFrame,
  ThemeContext,
} from '@grafana/data';
import { BarGauge, BigValue, GlobalStyles, PanelChrome, PanelContextProvider, TimeSeries } from '@grafana/ui';
import { TableNG } from '@grafana/ui/unstable';
import React, { useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { lastValueFrom } from 'rxjs';

const asked = new URLSearchParams(location.search);
const theme = createTheme({ colors: { mode: asked.get('theme') ?? 'dark' } });
const seconds = Number(asked.get('seconds') ?? 21_600);
const rateInterval = asked.get('rateInterval') ?? '2m';
const to = Date.now();
const from = to - seconds * 1000;
const timeRange = { from: dateTime(from), to: dateTime(to), raw: { from: `now-${seconds}s`, to: 'now' } };
const COLUMN = (Number(asked.get('width') ?? 1600) - 16) / 24;
const ROW = 30;
const GAP = 8;
const report = { panels: 0, queries: 0, empty: [], errors: [], slowestMs: 0 };

standardTransformersRegistry.setInit(() =>
  [
    'mergeTransformer',
    'organizeFieldsTransformer',
    'sortByTransformer',
    'filterFieldsTransformer',
    'filterFieldsByNameTransformer',
    'orderFieldsTransformer',
    'renameFieldsTransformer',
  ]
    .map((name) => standardTransformers[name])
    .filter(Boolean)
    .map((transformation) => ({
      id: transformation.id,
      aliasIds: transformation.aliasIds ?? [],
      name: transformation.name,
      transformation: () => Promise.resolve(transformation),
      editor: () => null,
    })),
);

const asSent = (expression) =>
  expression
    .replaceAll('$__rate_interval', rateInterval)
    .replaceAll('$__range', `${seconds}s`)
    .replaceAll(/\$(environment|service|provider|model|tenant|feature|budget)\b/g, '.*');

const ask = async (target, panel) => {
  const query = asSent(target.expr);
  const ranged = target.range === true;
  const step = Math.max(5, Math.ceil(seconds / (panel.gridPos.w * 40)));
  const body = new URLSearchParams(ranged ? { query, start: from / 1000, end: to / 1000, step } : { query, time: to / 1000 });
  const began = performance.now();
  const answer = await (await fetch(`/api/v1/${ranged ? 'query_range' : 'query'}`, { method: 'POST', body })).json();
  report.queries += 1;
  report.slowestMs = Math.max(report.slowestMs, performance.now() - began);
  if (answer.status !== 'success') report.errors.push(`${panel.title}: ${answer.error}`);
  const result = answer.data?.result ?? [];
  if (result.length === 0) report.empty.push(`${panel.title} ${target.refId}`);
  return result;
};

const number = (text) => (text === 'NaN' || text === undefined ? null : Number(text));
const named = (format, labels, refId) => {
  if (format === undefined || format === '' || format === '__auto') return Object.keys(labels).length === 0 ? refId : Object.values(labels).join(' ');
  return format.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (_, label) => labels[label] ?? '').trim() || '—';
};

const seriesFrame = (series, target) => {
  const name = named(target.legendFormat, series.metric, target.refId);
  const points = series.values ?? [series.value];
  return toDataFrame({
    refId: target.refId,
    fields: [
      { name: 'Time', type: FieldType.time, values: points.map(([at]) => at * 1000) },
      { name: 'Value', type: FieldType.number, values: points.map(([, value]) => number(value)), labels: series.metric, config: { displayNameFromDS: name } },
    ],
  });
};

const tableFrame = (result, target, alone) => {
  const labels = [...new Set(result.flatMap((series) => Object.keys(series.metric)))];
  return toDataFrame({
    refId: target.refId,
    fields: [
      { name: 'Time', type: FieldType.time, values: result.map(() => to) },
      ...labels.map((label) => ({ name: label, type: FieldType.string, values: result.map((series) => series.metric[label] ?? '') })),
      { name: alone ? 'Value' : `Value #${target.refId}`, type: FieldType.number, values: result.map((series) => number(series.value?.[1])) },
    ],
  });
};

const put = (config, path, value) => {
  const keys = path.split('.');
  const last = keys.pop();
  let at = config;
  for (const key of keys) at = at[key] = { ...at[key] };
  at[last] = value;
};

/** Does what Grafana's registry of field options does, for the options that the dashboards use. */
const configured = (frames, panel) => {
  const { defaults, overrides } = panel.fieldConfig;
  for (const frame of frames)
    for (const field of frame.fields) {
      const config = { ...structuredClone(defaults), ...field.config, custom: { ...structuredClone(defaults.custom ?? {}), ...field.config.custom } };
      for (const override of overrides)
        if (override.matcher.options === getFieldDisplayName(field, frame, frames)) for (const { id, value } of override.properties) put(config, id, value);
      // The thresholds of JSON have null where the library wants minus infinity.
      if (config.thresholds !== undefined)
        config.thresholds = { ...config.thresholds, steps: config.thresholds.steps.map((step) => ({ ...step, value: step.value ?? -Infinity })) };
      delete config.links;
      field.config = config;
    }
  const done = applyFieldOverrides({
    data: frames,
    fieldConfig: { defaults: {}, overrides: [] },
    replaceVariables: (text) => text,
    theme,
    timeZone: 'utc',
    fieldConfigRegistry: new Registry(() => []),
  });
  cacheFieldDisplayNames(done);
  return done;
};

const dataOf = async (panel) => {
  const frames = [];
  for (const target of panel.targets) {
    const result = await ask(target, panel);
    if (panel.type === 'table') frames.push(tableFrame(result, target, panel.targets.length === 1));
    else frames.push(...result.map((series) => seriesFrame(series, target)));
  }
  if (panel.type !== 'table') return configured(frames, panel);
  const filled = frames.filter((frame) => frame.length > 0);
  return configured(await lastValueFrom(transformDataFrame(panel.transformations ?? [], filled)), panel);
};

const Message = ({ children }) => <div style={{ display: 'grid', placeItems: 'center', height: '100%', color: theme.colors.text.secondary }}>{children}</div>;
const valueField = (frame) => frame.fields.find((field) => field.type === FieldType.number);
const lastOf = (field) => [...field.values].findLast((value) => value !== null);

const Stat = ({ frames, panel, width, height }) => {
  const field = valueField(frames[0]);
  const display = getDisplayProcessor({ field, theme, timeZone: 'utc' });
  const value = display(lastOf(field));
  const trend = panel.options.graphMode === 'area' && field.values.length > 1 ? { y: field, x: frames[0].fields[0], timeRange } : undefined;
  return (
    <BigValue
      value={{ ...value, title: '' }}
      sparkline={trend}
      colorMode={panel.options.colorMode}
      graphMode={panel.options.graphMode}
      justifyMode="auto"
      textMode="value"
      text={panel.options.text}
      width={width}
      height={height}
      theme={theme}
    />
  );
};

const Bars = ({ frames, width, height }) => {
  const fields = frames.map(valueField);
  const most = Math.max(...fields.map((field) => lastOf(field) ?? 0));
  const each = Math.min(44, (height - 4) / Math.max(1, frames.length));
  return frames.map((frame, index) => {
    const field = fields[index];
    const config = { ...field.config, min: 0, max: field.config.max ?? most };
    const processor = getDisplayProcessor({ field: { ...field, config }, theme, timeZone: 'utc' });
    const value = { ...processor(lastOf(field)), title: getFieldDisplayName(field, frame, frames) };
    return (
      <div key={index} style={{ height: each, paddingBottom: 4 }}>
        <BarGauge
          width={width}
          height={each - 4}
          orientation="horizontal"
          displayMode="basic"
          field={config}
          display={processor}
          value={value}
          theme={theme}
          showUnfilled
          itemSpacing={8}
          namePlacement="left"
          alignmentFactors={{
            title: fields.map((one, at) => getFieldDisplayName(one, frames[at], frames)).sort((a, b) => b.length - a.length)[0],
            text: '100000.0 mins',
          }}
        />
      </div>
    );
  });
};

const Lines = ({ frames, panel, width, height }) => (
  <TimeSeries frames={frames} timeRange={timeRange} timeZone="utc" width={width} height={height} legend={panel.options.legend} options={{}} />
);

const HEAT = ['#0b1a33', '#12386b', '#1a5fa0', '#3b93c4', '#8ac9d8', '#d9ef9c', '#fdd45d', '#f98e3b', '#e0402f'];
const HeatMap = ({ frames, panel, width, height }) => {
  const sorted = frames.map((frame) => ({ bound: Number(valueField(frame).labels.le.replace('+Inf', 'Infinity')), frame })).sort((a, b) => a.bound - b.bound);
  const rows = sorted.map(({ bound, frame }, index) => ({
    bound,
    values: valueField(frame).values.map((value, at) => Math.max(0, value - (index === 0 ? 0 : (valueField(sorted[index - 1].frame).values[at] ?? 0)))),
    times: frame.fields[0].values,
  }));
  const kept = rows.filter((row) => row.values.some((value) => value > 1e-4));
  const most = Math.max(...kept.flatMap((row) => row.values));
  const display = getDisplayProcessor({ field: { type: FieldType.number, config: { unit: panel.options.yAxis?.unit ?? 's' } }, theme });
  const tall = (height - 22) / kept.length;
  const wide = (width - 62) / Math.max(1, kept[0]?.values.length ?? 1);
  return (
    <svg width={width} height={height}>
      {kept.map((row, index) =>
        row.values.map((value, at) => (
          <rect
            key={`${index} ${at}`}
            x={60 + at * wide}
            y={(kept.length - 1 - index) * tall}
            width={wide + 0.4}
            height={tall - 0.5}
            fill={HEAT[Math.min(HEAT.length - 1, Math.floor(Math.sqrt(value / most) * HEAT.length))]}
          />
        )),
      )}
      {kept.map((row, index) => {
        const { text, suffix } = Number.isFinite(row.bound) ? display(row.bound) : { text: 'more' };
        return index % Math.ceil(kept.length / 8) === 0 ? (
          <text
            key={index}
            x={54}
            y={(kept.length - 1 - index) * tall + tall / 2 + 4}
            textAnchor="end"
            fontSize="11"
            fill={theme.colors.text.secondary}
          >{`${text}${suffix ?? ''}`}</text>
        ) : null;
      })}
      {[0.1, 0.3, 0.5, 0.7, 0.9].map((part) => (
        <text key={part} x={60 + part * (width - 62)} y={height - 4} textAnchor="middle" fontSize="11" fill={theme.colors.text.secondary}>
          {new Date(from + part * seconds * 1000).toISOString().slice(11, 16)}
        </text>
      ))}
    </svg>
  );
};

const Bands = ({ frames, width, height }) => {
  const tall = Math.min(48, (height - 22) / frames.length);
  return (
    <svg width={width} height={height}>
      {frames.map((frame, index) => {
        const field = valueField(frame);
        const display = getDisplayProcessor({ field, theme });
        const times = frame.fields[0].values;
        return (
          <g key={index} transform={`translate(0 ${index * tall})`}>
            <text x={92} y={tall / 2 + 4} textAnchor="end" fontSize="12" fill={theme.colors.text.primary}>
              {getFieldDisplayName(field, frame, frames)}
            </text>
            {times.map((at, point) => (
              <rect
                key={point}
                x={100 + ((at - from) / (to - from)) * (width - 104)}
                y={4}
                width={(width - 104) / times.length + 0.6}
                height={tall - 8}
                fill={display(field.values[point]).color}
                fillOpacity="0.85"
              />
            ))}
          </g>
        );
      })}
      {[0.1, 0.5, 0.9].map((part) => (
        <text key={part} x={100 + part * (width - 104)} y={frames.length * tall + 16} textAnchor="middle" fontSize="11" fill={theme.colors.text.secondary}>
          {new Date(from + part * seconds * 1000).toISOString().slice(11, 16)}
        </text>
      ))}
    </svg>
  );
};

const Table = ({ frames, panel, width, height }) => (
  <TableNG
    data={frames[0]}
    width={width}
    height={height}
    timeRange={timeRange}
    cellHeight="sm"
    noHeader={panel.options.showHeader === false}
    fieldConfig={panel.fieldConfig}
  />
);

const KINDS = { stat: Stat, timeseries: Lines, bargauge: Bars, heatmap: HeatMap, 'state-timeline': Bands, table: Table };

class Guard extends React.Component {
  state = {};
  static getDerivedStateFromError(error) {
    return { error };
  }
  componentDidCatch(error) {
    report.errors.push(`${this.props.title}: ${error.message}`);
  }
  render() {
    return this.state.error === undefined ? this.props.children : <Message>{String(this.state.error.message)}</Message>;
  }
}

const Panel = ({ panel, frames }) => {
  const { x, y, w, h } = panel.gridPos;
  const Kind = KINDS[panel.type];
  const width = w * COLUMN - GAP;
  const height = h * (ROW + GAP) - GAP;
  const nothing = frames.every((frame) => frame.length === 0);
  return (
    <div style={{ position: 'absolute', left: 8 + x * COLUMN, top: y * (ROW + GAP), width, height }}>
      <PanelChrome title={panel.title} width={width} height={height} padding="sm">
        {(innerWidth, innerHeight) =>
          nothing ? (
            <Message>{panel.fieldConfig.defaults.noValue ?? 'No data'}</Message>
          ) : (
            <Guard title={panel.title}>
              <Kind frames={frames} panel={panel} width={innerWidth} height={innerHeight} />
            </Guard>
          )
        }
      </PanelChrome>
    </div>
  );
};

const Dashboard = ({ json, data }) => {
  useEffect(() => {
    // Charts draw in the frames after they are mounted.
    setTimeout(() => (window.rendered = { ...report, height: document.body.scrollHeight }), 2500);
  }, []);
  const bottom = Math.max(...json.panels.map((panel) => panel.gridPos.y + panel.gridPos.h)) * (ROW + GAP);
  return (
    <div>
      <div style={{ padding: '12px 16px 8px', display: 'flex', alignItems: 'center', gap: 10, flexWrap: 'wrap', fontSize: 13 }}>
        <b style={{ fontSize: 18, marginRight: 12 }}>{json.title}</b>
        {json.templating.list
          .filter((variable) => variable.type === 'query')
          .map((variable) => (
            <span
              key={variable.name}
              style={{ background: theme.colors.background.secondary, border: `1px solid ${theme.colors.border.weak}`, borderRadius: 4, padding: '3px 9px' }}
            >
              {variable.label} <span style={{ color: theme.colors.text.secondary }}>All</span>
            </span>
          ))}
        <span style={{ marginLeft: 'auto', color: theme.colors.text.secondary }}>
          Last {seconds < 7200 ? `${Math.round(seconds / 60)} minutes` : `${Math.round(seconds / 360) / 10} hours`} (UTC)
        </span>
      </div>
      <div style={{ position: 'relative', height: bottom }}>
        {json.panels.map((panel) =>
          panel.type === 'row' ? (
            <div key={panel.id} style={{ position: 'absolute', top: panel.gridPos.y * (ROW + GAP), left: 16, lineHeight: `${ROW}px`, fontWeight: 500 }}>
              ▾ {panel.title}
            </div>
          ) : (
            <Panel key={panel.id} panel={panel} frames={data.get(panel.id)} />
          ),
        )}
      </div>
    </div>
  );
};

const Loaded = () => {
  const [state, setState] = useState();
  useEffect(() => {
    void (async () => {
      const json = await (await fetch(`/dashboards/${asked.get('dashboard')}.json`)).json();
      const panels = json.panels.filter((panel) => panel.type !== 'row');
      report.panels = panels.length;
      const data = new Map();
      for (const panel of panels) data.set(panel.id, await dataOf(panel).catch((error) => (report.errors.push(`${panel.title}: ${error.message}`), [])));
      setState({ json, data });
    })();
  }, []);
  return state === undefined ? null : <Dashboard {...state} />;
};

createRoot(document.getElementById('root')).render(
  <ThemeContext.Provider value={theme}>
    <GlobalStyles />
    <PanelContextProvider value={{ eventsScope: 'page', eventBus: new EventBusSrv() }}>
      <Loaded />
    </PanelContextProvider>
  </ThemeContext.Provider>,
);
