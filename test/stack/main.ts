import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { askAlerts } from './alerts.ts';
import { freePort } from '../support/free-port.ts';
import { askNames } from './otlp-names.ts';
import { askPanels, type PanelResult } from './panels.ts';
import { setStage, type Source } from './stage.ts';

const USAGE = `usage: npm run test:stack -- [--source demo|synthetic] [--only panels|alerts|names] [--seconds N] [--prometheus PROGRAM] [--serve PORT]

  --source   where the series of the panels come from (default: demo)
  --only     ask only the panels, only the alerts, or only the names of the OTLP path
  --seconds  how long the demo runs, or how long the made-up past is (default: 90 for the demo, 4200 else: budgets go by the pace of an hour)
  --prometheus  the program to run (default: prometheus); with a 3.x the names of the OTLP path are compared too
  --serve    keep Prometheus on this port with the panels' series until Ctrl-C, and ask nothing
`;

const { values } = parseArgs({
  options: {
    source: { type: 'string' },
    only: { type: 'string' },
    seconds: { type: 'string' },
    serve: { type: 'string' },
    prometheus: { type: 'string', default: 'prometheus' },
    help: { type: 'boolean' },
  },
});
if (values.help === true) {
  console.log(USAGE);
  process.exit(0);
}
const source: Source = values.source === 'synthetic' ? 'synthetic' : 'demo';
const seconds = Number(values.seconds ?? (source === 'demo' ? 90 : 4200));
const folder = mkdtempSync(join(tmpdir(), 'purser-stack-'));
const say = (text: string): void => console.log(`${new Date().toISOString().slice(11, 19)} ${text}`);

const version = (program: string): string => {
  try {
    return (
      execFileSync(program, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
        .split('\n')[0]
        ?.replace(/ \(.*/, '') ?? ''
    );
  } catch {
    return `${program} is missing (Debian: prometheus, prometheus-alertmanager)`;
  }
};

const nameOf = (result: PanelResult): string => `${result.dashboard}: ${result.panel} ${result.refId}`;

/** One choice for each variable that exists in the demo and in the made-up house alike, so that narrowing is tried too. */
const narrowed = async (stage: Awaited<ReturnType<typeof setStage>>): Promise<Record<string, string>> => {
  const busiest = await stage.prometheus.instant(
    'topk(1, sum by (purser_environment, purser_service, gen_ai_provider_name, gen_ai_request_model) (purser_calls_total))',
  );
  const labels = busiest.series[0]?.metric ?? {};
  return {
    environment: labels['purser_environment'] ?? '',
    service: labels['purser_service'] ?? '',
    provider: labels['gen_ai_provider_name'] ?? '',
    model: labels['gen_ai_request_model'] ?? '',
  };
};

const panels = async (): Promise<{ readonly figures: Record<string, number>; readonly holds: boolean }> => {
  say(`panels: ${source}, ${seconds} s`);
  const stage = await setStage(source, join(folder, 'panels'), seconds, await freePort(), values.prometheus);
  try {
    const all = await askPanels(stage.prometheus, { seconds, rateInterval: stage.rateInterval, scrapeSeconds: stage.scrapeSeconds, choices: {} });
    const one = await askPanels(stage.prometheus, {
      seconds,
      rateInterval: stage.rateInterval,
      scrapeSeconds: stage.scrapeSeconds,
      choices: await narrowed(stage),
    });
    const failed = [...all, ...one].filter((result) => result.error !== undefined);
    // In the demo nothing is lost and no store is away: panels that say what they show then may be empty.
    const empty = all.filter((result) => result.series === 0 && !(source === 'demo' && result.quiet));
    const slow = [...all, ...one].filter((result) => result.ms > 500);
    for (const result of failed) say(`fails: ${nameOf(result)}: ${result.error}`);
    for (const result of empty) say(`empty: ${nameOf(result)}: ${result.expr}`);
    for (const result of slow) say(`slow: ${nameOf(result)}: ${result.ms.toFixed(0)} ms`);
    const times = [...all, ...one].map((result) => result.ms).sort((a, b) => a - b);
    return {
      figures: {
        panels: new Set(all.map((result) => `${result.dashboard} ${result.panel}`)).size,
        queries: all.length,
        queriesFailed: failed.length,
        queriesEmpty: empty.length,
        queriesQuiet: all.filter((result) => result.series === 0 && result.quiet).length,
        queriesEmptyWhenNarrowed: one.filter((result) => result.series === 0).length,
        queryMsP50: Math.round(times[Math.floor(times.length / 2)] ?? 0),
        queryMsMax: Math.round(times.at(-1) ?? 0),
      },
      holds: failed.length + empty.length + slow.length === 0 && all.length > 0,
    };
  } finally {
    await stage.stop();
  }
};

const alerts = async (): Promise<{ readonly figures: Record<string, number>; readonly holds: boolean }> => {
  say('alerts: all is well, then everything goes wrong');
  const result = await askAlerts(join(folder, 'alerts'), values.prometheus, say);
  for (const [what, names] of Object.entries({
    missed: result.missed,
    'fired while all was well': result.false_,
    'not inhibited': result.notInhibited,
    'at the wrong receiver': result.wrongReceiver,
  }))
    if (names.length > 0) say(`${what}: ${names.join(', ')}`);
  return {
    figures: {
      alerts: result.alerts,
      alertsDelivered: result.alerts - result.missed.length,
      alertsWhileWell: result.false_.length,
      alertsNotInhibited: result.notInhibited.length,
      alertsAtWrongReceiver: result.wrongReceiver.length,
      alertSeconds: Math.round(result.seconds),
    },
    holds: result.missed.length + result.false_.length + result.notInhibited.length + result.wrongReceiver.length === 0,
  };
};

const takesOtlp = (): boolean => {
  const { stdout, stderr } = spawnSync(values.prometheus, ['--help'], { encoding: 'utf8' });
  return `${stdout}${stderr}`.includes('web.enable-otlp-receiver');
};

const names = async (): Promise<{ readonly figures: Record<string, number>; readonly holds: boolean }> => {
  const { names: count, different } = await askNames(join(folder, 'names'), values.prometheus);
  for (const difference of different) say(difference);
  return { figures: { otlpNames: count, otlpNamesDifferent: different.length }, holds: different.length === 0 };
};

const serve = async (port: number): Promise<void> => {
  const stage = await setStage(source, join(folder, 'panels'), seconds, port, values.prometheus);
  say(`${stage.prometheus.url} shows ${source}; Ctrl-C ends it`);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
  await stage.stop();
};

const test = async (): Promise<boolean> => {
  console.log(
    `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}, ${version(values.prometheus)}, ${version('prometheus-alertmanager')}`,
  );
  const wanted = (part: string): boolean => values.only === undefined || values.only === part;
  const parts = [
    ...(wanted('panels') ? [await panels()] : []),
    ...(wanted('alerts') ? [await alerts()] : []),
    // The Prometheus of Debian 12 is a 2.42, which takes no OTLP.
    ...(wanted('names') && takesOtlp() ? [await names()] : []),
  ];
  const figures = Object.assign({}, ...parts.map((part) => part.figures)) as Record<string, number>;
  const pass = parts.every((part) => part.holds);
  const bars = {
    queriesFailed: 0,
    queriesEmpty: 0,
    queryMsMax: 500,
    alertsDelivered: 'all',
    alertsWhileWell: 0,
    alertsNotInhibited: 0,
    alertsAtWrongReceiver: 0,
    otlpNamesDifferent: 0,
  };
  console.log(JSON.stringify({ name: 'stack', pass, figures: { source, ...figures }, bars }));
  return pass;
};

try {
  if (values.serve !== undefined) await serve(Number(values.serve));
  else process.exitCode = (await test()) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
