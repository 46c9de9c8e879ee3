import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { freePort } from '../support/free-port.ts';
import { Program } from '../stack/program.ts';
import { Backend } from './backend.ts';
import { Collector } from './collector.ts';
import { type Part, VARIANTS } from './variants.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SCRAPED = 'scraped';
const SERVICE = 'harbour-desk';

/** The demo as a program of its own: says when its day has been played. */
const startDemo = async (env: Readonly<Record<string, string>>): Promise<{ readonly child: ChildProcess; readonly played: number }> => {
  // The demo runs what is built; it is to be what is here now.
  execFileSync(process.execPath, ['tools/build.ts'], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
  const child = spawn(process.execPath, ['deploy/demo/main.ts', '--once'], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaints = '';
  child.stderr?.on('data', (data: Buffer) => (complaints += data.toString()));
  const played = await new Promise<number>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const said = JSON.parse(line) as { readonly played?: number };
      if (said.played !== undefined) resolve(said.played);
    });
    child.once('exit', (code) => reject(new Error(`the demo ended with ${code}\n${complaints}`)));
  });
  return { child, played };
};

/** Prometheus 3 takes OTLP, which is what the main file sends; one before takes remote write, with the file for it on top. */
const takesOtlp = (program: string): boolean => {
  const { stdout, stderr } = spawnSync(program, ['--help'], { encoding: 'utf8' });
  return `${stdout}${stderr}`.includes('web.enable-otlp-receiver');
};

const startPrometheus = async (folder: string, program: string, port: number, scraped: number): Promise<Program> => {
  mkdirSync(folder, { recursive: true });
  const config = join(folder, 'prometheus.yml');
  writeFileSync(
    config,
    stringify({
      global: { scrape_interval: '1s', scrape_timeout: '1s' },
      scrape_configs: [{ job_name: SCRAPED, static_configs: [{ targets: [`127.0.0.1:${scraped}`] }] }],
    }),
  );
  const prometheus = new Program(
    'prometheus',
    program,
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      takesOtlp(program) ? '--web.enable-otlp-receiver' : '--web.enable-remote-write-receiver',
      '--log.level=warn',
    ],
    join(folder, 'prometheus.log'),
  );
  await prometheus.ready(`http://127.0.0.1:${port}/-/ready`);
  return prometheus;
};

type Figures = ReadonlyMap<string, number>;

/** What names a series on both ways; who reported it is told apart by the way itself. */
const WAY_ONLY = new Set(['job', 'instance', 'otel_scope_name', 'otel_scope_version', 'otel_scope_schema_url']);

/** Prometheus 3 writes the bound 4 as `4.0` when it scrapes and as `4` when it takes OTLP; it is the same bound. */
const bound = (name: string, text: string): string => (name === 'le' && text !== '+Inf' ? String(Number(text)) : text);

const figuresOf = async (port: number, job: string): Promise<Figures> => {
  const query = encodeURIComponent(`{job="${job}",__name__=~"(purser|gen_ai)_.*"}`);
  const answer = (await (await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${query}`)).json()) as {
    readonly data: { readonly result: readonly { readonly metric: Readonly<Record<string, string>>; readonly value: readonly [number, string] }[] };
  };
  return new Map(
    answer.data.result.map(({ metric, value }) => {
      const labels = Object.entries(metric)
        .filter(([name]) => !WAY_ONLY.has(name))
        .map(([name, text]) => [name, bound(name, text)] as const);
      return [JSON.stringify(labels.toSorted(([a], [b]) => (a < b ? -1 : 1))), Number(value[1])];
    }),
  );
};

/** The export of metrics counts itself and its cost: these must be there on both ways, and are never at rest. */
const MOVES = /"purser_overhead_seconds_total"|"purser_telemetry_[a-z_]+".*"purser_signal","metrics"/;

const compare = (scraped: Figures, pushed: Figures): readonly string[] => {
  const differences: string[] = [];
  for (const [series, value] of scraped) {
    const other = pushed.get(series);
    if (other === undefined) differences.push(`only scraped: ${series} ${value}`);
    else if (!MOVES.test(series) && Math.abs(other - value) > 1e-9 * Math.max(1, Math.abs(value)))
      differences.push(`${series}: scraped ${value}, through the Collector ${other}`);
  }
  for (const series of pushed.keys()) if (!scraped.has(series)) differences.push(`only through the Collector: ${series}`);
  return differences;
};

const SETTLE_MS = 6_000;
const TRIES = 5;

/** One process, its metrics scraped by Prometheus and sent to it through the Collector: the same names, labels and figures. */
export const askFigures = async (program: string, folder: string, prometheusProgram: string): Promise<Part> => {
  const [port, page] = [await freePort(), await freePort()];
  const own = join(folder, `figures-${port}`);
  const prometheus = await startPrometheus(join(own, 'prometheus'), prometheusProgram, port, page);
  const otlp = takesOtlp(prometheusProgram);
  const backend = await Backend.start();
  const collector = await Collector.start({
    program,
    configs: otlp ? VARIANTS.main : VARIANTS['remote-write'],
    env: {
      ...backend.env,
      PURSER_SAMPLE_PERCENT: '100',
      ...(otlp
        ? { PURSER_METRICS_ENDPOINT: `http://127.0.0.1:${port}/api/v1/otlp` }
        : { PURSER_REMOTE_WRITE_ENDPOINT: `http://127.0.0.1:${port}/api/v1/write` }),
    },
    folder: own,
  });
  const { child, played } = await startDemo({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_METRIC_EXPORT_INTERVAL: '1000',
    PURSER_PROMETHEUS_PORT: String(page),
    PURSER_PROMETHEUS_HOST: '127.0.0.1',
  });
  let [scraped, pushed]: [Figures, Figures] = [new Map(), new Map()];
  let differences: readonly string[] = ['nothing was compared'];
  for (let round = 0; round < TRIES && differences.length > 0; round += 1) {
    await pause(SETTLE_MS);
    [scraped, pushed] = [await figuresOf(port, SCRAPED), await figuresOf(port, SERVICE)];
    differences = compare(scraped, pushed);
  }
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  await ended;
  await collector.stop();
  const total = (figures: Figures, name: string): number =>
    [...figures].filter(([series]) => series.includes(`["__name__","${name}"]`)).reduce((sum, [, value]) => sum + value, 0);
  const calls = backend.spans.filter((span) => span.attributes['purser.call.id'] !== undefined);
  const counted = total(pushed, 'purser_calls_total');
  const against = [...differences];
  if (calls.length !== counted) against.push(`${calls.length} spans of calls came, but purser_calls_total says ${counted}`);
  if (scraped.size < 50) against.push(`only ${scraped.size} series were scraped`);
  await prometheus.stop();
  await backend.away();
  return {
    figures: {
      metricsBy: otlp ? 'OTLP' : 'remote write',
      demoRequests: played,
      callSpans: calls.length,
      callsCounted: counted,
      costUsd: total(pushed, 'purser_cost_USD_total'),
      seriesScraped: scraped.size,
      seriesThroughCollector: pushed.size,
      seriesDifferent: differences.length,
    },
    bars: { seriesDifferent: 0, callSpans: 'purser_calls_total' },
    against,
  };
};
