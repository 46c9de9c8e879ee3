import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PurserError } from '../../call/errors.ts';
import type { Choices } from './choices.ts';
import { configFile } from './config-file.ts';

/** One file that is to be in the repository. */
export interface PlannedFile {
  /** From the working directory, with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** How it is to what is there now. */
  readonly state: 'new' | 'same' | 'differs';
}

/** The folder of the package, from the sources and from the build alike. */
const PACKAGE = fileURLToPath(new URL('../../../', import.meta.url));

const shipped = (path: string): string => readFileSync(join(PACKAGE, path), 'utf8');

const joined = (folder: string, name: string): string => (folder === '.' ? name : `${folder}/${name}`);

const COLLECTOR_FILES = { main: 'otel-collector.yaml', minimal: 'collector/minimal.yaml', gateway: 'collector/gateway.yaml' } as const;

const inTheWay = (path: string, seen: string): PurserError =>
  new PurserError('input_invalid', { where: 'purser init', key: path, seen, wanted: seen === 'a file' ? 'a folder, or nothing' : 'a file, or nothing' });

const checkFolders = (cwd: string, path: string): void => {
  for (let folder = posix.dirname(path); folder !== '.'; folder = posix.dirname(folder))
    if (statSync(join(cwd, folder), { throwIfNoEntry: false })?.isDirectory() === false) throw inTheWay(folder, 'a file');
};

const stateOf = (cwd: string, path: string, text: string): PlannedFile['state'] => {
  checkFolders(cwd, path);
  const absolute = join(cwd, path);
  const found = statSync(absolute, { throwIfNoEntry: false });
  if (found === undefined) return 'new';
  if (!found.isFile()) throw inTheWay(path, 'something that is no file');
  return readFileSync(absolute, 'utf8') === text ? 'same' : 'differs';
};

/** What Prometheus is to scrape where a Collector with `minimal.yaml` serves the metrics of all processes, each with its own job and instance. */
const FROM_MINIMAL = `scrape_configs:
  # The Collector of minimal.yaml serves what it got over OTLP.
  - job_name: purser
    honor_labels: true
    static_configs:
      - targets: [localhost:9465]
`;

const prometheusFile = ({ metrics, collector, service }: Choices): readonly [name: string, text: string] => {
  if (metrics === 'scrape') {
    const text = shipped('dashboards/prometheus/prometheus.yml');
    return ['prometheus.yml', text.replace('job_name: purser', () => `job_name: ${JSON.stringify(service)}`)];
  }
  if (collector !== 'minimal') return ['prometheus-otlp.yml', shipped('dashboards/prometheus/prometheus-otlp.yml')];
  return ['prometheus.yml', shipped('dashboards/prometheus/prometheus.yml').replace(/^scrape_configs:[\s\S]*/m, FROM_MINIMAL)];
};

/**
 * Gives every file for these choices, and how each is to what is there; writes nothing.
 *
 * @throws {input_invalid} when a folder stands where a file is to be, or a file where a folder is
 */
export const planOf = (choices: Choices, cwd: string): readonly PlannedFile[] => {
  const { folder, dashboards, rules, collector } = choices;
  const files: (readonly [path: string, text: string])[] = [['purser.config.yaml', configFile(choices)]];
  for (const name of readdirSync(join(PACKAGE, 'dashboards/grafana')).toSorted())
    if (name.endsWith('.json')) files.push([joined(dashboards, name), shipped(`dashboards/grafana/${name}`)]);
  for (const name of ['recording-rules.yml', 'alerts.yml']) files.push([joined(rules, name), shipped(`dashboards/prometheus/${name}`)]);
  const [prometheus, text] = prometheusFile(choices);
  files.push([joined(rules, prometheus), text]);
  for (const name of ['dashboards', 'datasources'])
    files.push([joined(folder, `provisioning/${name}/purser.yaml`), shipped(`dashboards/provisioning/${name}/purser.yaml`)]);
  files.push([joined(folder, 'alertmanager.yml'), shipped('dashboards/alertmanager/alertmanager.yml')]);
  files.push([joined(folder, 'runbook.md'), shipped('dashboards/runbook.md')]);
  if (collector !== 'none') files.push([joined(folder, 'otel-collector.yaml'), shipped(COLLECTOR_FILES[collector])]);
  return files.map(([path, text]) => ({ path, text, state: stateOf(cwd, path, text) }));
};
