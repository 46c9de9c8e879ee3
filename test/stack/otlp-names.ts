import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { METRICS, type MetricEntry } from '../../src/telemetry/catalog/metrics.ts';
import { DASHBOARDS } from '../dashboards/files.ts';
import { KNOWN } from '../dashboards/catalog-names.ts';
import { freePort } from '../support/free-port.ts';
import { Program } from './program.ts';

const nanos = (): string => `${BigInt(Date.now()) * 1_000_000n}`;

/** One data point of a metric, with every attribute that the catalog allows it. */
const pointOf = (metric: MetricEntry): object => {
  const point = { startTimeUnixNano: nanos(), timeUnixNano: nanos(), attributes: metric.attributes.map((key) => ({ key, value: { stringValue: 'x' } })) };
  if (metric.kind !== 'histogram') return { ...point, asDouble: 1 };
  const bounds = metric.buckets ?? [];
  return { ...point, count: '1', sum: 1, explicitBounds: bounds, bucketCounts: [...bounds.map(() => '0'), '1'] };
};

const asOtlp = (metric: MetricEntry): object => {
  const { name, unit, description } = metric;
  const dataPoints = [pointOf(metric)];
  if (metric.kind === 'gauge') return { name, unit, description, gauge: { dataPoints } };
  if (metric.kind === 'histogram') return { name, unit, description, histogram: { aggregationTemporality: 2, dataPoints } };
  return { name, unit, description, sum: { aggregationTemporality: 2, isMonotonic: metric.kind === 'counter', dataPoints } };
};

const resource = {
  attributes: [
    { key: 'service.name', value: { stringValue: 'names' } },
    { key: 'service.instance.id', value: { stringValue: 'one' } },
  ],
};

/** How the names of the OTLP path compare with those of the scraped path. */
export interface NamesResult {
  readonly names: number;
  /** Series and labels of the scraped path that the OTLP path lacks, or the other way round. */
  readonly different: readonly string[];
}

/** Sends every metric of the catalog over OTLP to a Prometheus 3 with the committed configuration, and compares its names and labels. */
export const askNames = async (folder: string, program: string): Promise<NamesResult> => {
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const prometheus = new Program(
    'prometheus 3',
    program,
    [
      `--config.file=${new URL('prometheus/prometheus-otlp.yml', DASHBOARDS).pathname}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--web.enable-otlp-receiver',
    ],
    join(folder, 'prometheus3.log'),
  );
  try {
    await prometheus.ready(`${url}/-/ready`, 60_000);
    const body = JSON.stringify({ resourceMetrics: [{ resource, scopeMetrics: [{ scope: { name: 'purser' }, metrics: METRICS.map(asOtlp) }] }] });
    const sent = await fetch(`${url}/api/v1/otlp/v1/metrics`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    if (!sent.ok) throw new Error(`Prometheus refused: ${sent.status} ${await sent.text()}`);
    const answer = await fetch(`${url}/api/v1/series`, { method: 'POST', body: new URLSearchParams({ 'match[]': '{job="names"}' }) });
    const { data } = (await answer.json()) as { readonly data: readonly Readonly<Record<string, string>>[] };
    writeFileSync(join(folder, 'series.json'), JSON.stringify(data));
    const seen = new Map<string, Set<string>>();
    for (const { __name__: name = '', ...labels } of data) seen.set(name, new Set([...(seen.get(name) ?? []), ...Object.keys(labels)]));
    seen.delete('target_info');
    const different: string[] = [];
    for (const [name, { labels }] of KNOWN) {
      const mine = seen.get(name);
      if (mine === undefined) different.push(`no ${name} over OTLP`);
      else for (const label of labels) if (!mine.has(label)) different.push(`no label ${label} of ${name} over OTLP`);
    }
    for (const name of seen.keys()) if (!KNOWN.has(name)) different.push(`${name} only over OTLP`);
    return { names: seen.size, different };
  } finally {
    await prometheus.stop();
  }
};
