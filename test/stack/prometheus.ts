import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { Program } from './program.ts';

/** A result of Prometheus' HTTP API. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

/** What one query gave. */
export interface Answer {
  readonly error: string | undefined;
  readonly series: readonly Series[];
  readonly ms: number;
}

/** A series over time, for a past that never was. */
export interface Past {
  readonly at: number;
  readonly samples: Iterable<readonly [series: string, value: number]>;
}

/** Where to scrape what. */
export interface Target {
  readonly job: string;
  readonly address: string;
}

/** How a Prometheus is set up. */
export interface Setup {
  readonly folder: string;
  readonly port: number;
  readonly targets: readonly Target[];
  readonly scrapeInterval: string;
  readonly ruleFiles?: readonly string[];
  readonly alertmanager?: string;
  readonly program?: string;
}

/**
 * Writes samples of the past as blocks that Prometheus reads at its start.
 * Each sample gets the labels of the target that will go on with the series; what rules recorded has none.
 */
export const backfill = (folder: string, past: Iterable<Past>, target?: Target): number => {
  const lines = new Map<string, string[]>();
  let count = 0;
  for (const { at, samples } of past)
    for (const [series, value] of samples) {
      const of = target === undefined ? '' : `job="${target.job}",instance="${target.address}"${series.includes('{}') ? '' : ','}`;
      const full = series.replace('{', `{${of}`);
      const mine = lines.get(full) ?? [];
      mine.push(`${full} ${value} ${at.toFixed(3)}`);
      lines.set(full, mine);
      count += 1;
    }
  const file = join(folder, 'past.txt');
  writeFileSync(file, `${[...lines.values()].map((mine) => mine.join('\n')).join('\n')}\n# EOF\n`);
  execFileSync('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', file, join(folder, 'data')], { stdio: 'pipe' });
  rmSync(file);
  return count;
};

/** Asks a Prometheus. */
export class PrometheusApi {
  readonly url: string;
  constructor(url: string) {
    this.url = url;
  }
  async #ask(path: string, query: Readonly<Record<string, string>>): Promise<Answer> {
    const began = performance.now();
    const answer = await fetch(`${this.url}/api/v1/${path}`, { method: 'POST', body: new URLSearchParams(query) });
    const body = (await answer.json()) as { readonly status: string; readonly error?: string; readonly data?: { readonly result: readonly Series[] } };
    return { error: body.status === 'success' ? undefined : (body.error ?? 'no reason given'), series: body.data?.result ?? [], ms: performance.now() - began };
  }
  instant(query: string): Promise<Answer> {
    return this.#ask('query', { query });
  }
  range(query: string, seconds: number, step: number): Promise<Answer> {
    const end = Date.now() / 1000;
    return this.#ask('query_range', { query, start: String(end - seconds), end: String(end), step: String(step) });
  }
}

/** A Prometheus that runs for the test. */
export class Prometheus extends PrometheusApi {
  readonly #program: Program;
  constructor(setup: Setup) {
    super(`http://127.0.0.1:${setup.port}`);
    mkdirSync(setup.folder, { recursive: true });
    const config = join(setup.folder, 'prometheus.yml');
    writeFileSync(
      config,
      stringify({
        global: { scrape_interval: setup.scrapeInterval, scrape_timeout: setup.scrapeInterval, evaluation_interval: '1s' },
        rule_files: setup.ruleFiles ?? [],
        ...(setup.alertmanager === undefined ? {} : { alerting: { alertmanagers: [{ static_configs: [{ targets: [setup.alertmanager] }] }] } }),
        scrape_configs: setup.targets.map(({ job, address }) => ({ job_name: job, static_configs: [{ targets: [address] }] })),
      }),
    );
    this.#program = new Program(
      'prometheus',
      setup.program ?? 'prometheus',
      [
        `--config.file=${config}`,
        `--storage.tsdb.path=${join(setup.folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${setup.port}`,
        '--storage.tsdb.retention.time=90d',
        '--enable-feature=exemplar-storage',
        '--log.level=warn',
      ],
      join(setup.folder, 'prometheus.log'),
    );
  }
  ready(): Promise<void> {
    return this.#program.ready(`${this.url}/-/ready`, 60_000);
  }
  stop(): Promise<void> {
    return this.#program.stop();
  }
}
