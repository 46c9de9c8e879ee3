import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildCollector, goVersion } from '../../collector/build.ts';
import { askNames } from '../stack/otlp-names.ts';
import { reportBench } from '../support/report.ts';
import { askClean } from './clean.ts';
import { askCompose } from './compose.ts';
import { askFigures } from './figures.ts';
import { askKubernetes } from './kubernetes.ts';
import { askOutage } from './outage.ts';
import { askSampling } from './sampling.ts';
import { askTogether, composePrometheus } from './together.ts';
import { askVariants, type Part } from './variants.ts';

const USAGE = `usage: npm run test:collector -- [--outage-seconds N] [--only PART] [--prometheus PROGRAM] [--loki] [--keep]

  --outage-seconds  how long the back-end is away, with the Collector killed in the middle (default: 60)
  --only            one of variants, clean, sampling, outage, figures, otlp, names, compose, kubernetes, together
  --prometheus      the program that the figures are compared in (default: prometheus); \`otlp\` compares them in the stack's own
  --loki            build the stack's Loki, half an hour, for the part \`together\`; where it is built already it is used
  --keep            keep the folder with logs and queues

Needs Go for the Collector and the stack's Prometheus (built once, a quarter of an hour), and Prometheus, Alertmanager and Redis of the system.
`;

const { values } = parseArgs({
  options: {
    'outage-seconds': { type: 'string', default: '60' },
    only: { type: 'string' },
    prometheus: { type: 'string', default: 'prometheus' },
    loki: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean' },
  },
});

const say = (text: string): void => console.log(`${new Date().toISOString().slice(11, 19)} ${text}`);

const versionOf = (program: string): string | undefined => {
  try {
    return execFileSync(program, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
      .split('\n', 1)[0]
      ?.replace(/ \(.*/, '');
  } catch {
    return undefined;
  }
};

const skip = (why: string, pass: boolean): void => {
  console.log(`test:collector: ${pass ? 'skipped' : 'failed'}, ${why}`);
  reportBench('collector', { skipped: why }, {}, pass);
};

/** The same figures under names of their own, as the stack's Prometheus takes them. */
const byOtlp = ({ figures, bars, against }: Part): Part => {
  const named = (values: Part['figures']): Part['figures'] => Object.fromEntries(Object.entries(values).map(([name, value]) => [`otlp.${name}`, value]));
  return { figures: named(figures), bars: named(bars), against };
};

/** Every metric of the catalog, sent over OTLP to the stack's Prometheus: the names and labels of the scraped path. */
const askCatalog = async (folder: string): Promise<Part> => {
  const { names, different } = await askNames(join(folder, 'names'), await composePrometheus());
  return { figures: { otlpNames: names, otlpNamesDifferent: different.length }, bars: { otlpNamesDifferent: 0 }, against: different };
};

const run = async (folder: string): Promise<void> => {
  const build = await buildCollector(say).catch((error: unknown) => String(error));
  // Where Go is, CI wants the Collector built; elsewhere a machine without network is no fault of ours.
  if (typeof build === 'string') return skip(`the Collector could not be built: ${build}`, process.env['PURSER_REQUIRE_ALL'] !== '1');
  const { program, version } = build;
  const prometheus = versionOf(values.prometheus);
  console.log(`Collector ${version}, ${goVersion()}, ${prometheus ?? `no ${values.prometheus}`}`);
  const parts: Readonly<Record<string, () => Promise<Part>>> = {
    variants: () => askVariants(program, folder),
    clean: () => askClean(program, folder),
    sampling: () => askSampling(program, folder),
    outage: () => askOutage(program, folder, Number(values['outage-seconds'])),
    figures: () => askFigures(program, folder, values.prometheus),
    otlp: async () => byOtlp(await askFigures(program, folder, await composePrometheus())),
    names: () => askCatalog(folder),
    compose: () => askCompose(say),
    kubernetes: () => askKubernetes(say),
    together: () => askTogether(program, folder, values.loki),
  };
  const figures: Record<string, unknown> = { collector: version };
  const bars: Record<string, unknown> = {};
  let pass = true;
  for (const [name, ask] of Object.entries(parts)) {
    if (values.only !== undefined && values.only !== name) continue;
    if (name === 'figures' && prometheus === undefined) {
      say(`figures: skipped, ${values.prometheus} is not on this machine (Debian: prometheus)`);
      if (process.env['PURSER_REQUIRE_ALL'] === '1') pass = false;
      continue;
    }
    say(name);
    const part = await ask().catch((error: unknown): Part => ({ figures: {}, bars: {}, against: [`${name}: ${String(error)}`] }));
    Object.assign(figures, part.figures);
    Object.assign(bars, part.bars);
    for (const line of part.against.slice(0, 40)) say(`  ✗ ${line}`);
    for (const [what, figure] of Object.entries(part.figures)) say(`  ${what}: ${String(figure)}`);
    if (part.against.length > 0) pass = false;
  }
  reportBench('collector', figures, bars, pass);
};

if (values.help === true) console.log(USAGE);
else if (goVersion() === undefined) {
  skip('Go is not on this machine; the Collector is built from its Go modules (https://go.dev/dl)', true);
} else {
  const folder = mkdtempSync(join(tmpdir(), 'purser-collector-'));
  try {
    await run(folder);
  } finally {
    if (values.keep) say(`kept: ${folder}`);
    else rmSync(folder, { recursive: true, force: true });
  }
}
