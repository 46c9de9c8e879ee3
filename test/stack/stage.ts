import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import { Exposition } from './exposition.ts';
import { freePort } from '../support/free-port.ts';
import { servePage } from './http.ts';
import { earlier, housePast } from './past.ts';
import { Program } from './program.ts';
import { backfill, Prometheus } from './prometheus.ts';

/** Where the series of the panels come from: the product's own demo, or a house that is made up from the catalog. */
export type Source = 'demo' | 'synthetic';

/** A Prometheus with series to look at. */
export interface Stage {
  readonly prometheus: Prometheus;
  readonly rateInterval: string;
  /** Seconds between two scrapes; nobody asks for points closer than these. */
  readonly scrapeSeconds: number;
  stop(): Promise<void>;
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const RULES = ['recording-rules.yml', 'alerts.yml'].map((file) => fileURLToPath(new URL(`../../dashboards/prometheus/${file}`, import.meta.url)));

const synthetic = async (folder: string, seconds: number, port: number, program: string): Promise<Stage> => {
  mkdirSync(folder, { recursive: true });
  const now = Date.now() / 1000;
  const step = seconds > 7200 ? 30 : 10;
  const house = new Exposition(now - seconds - 60);
  house.blemished = true;
  const page = await servePage(() => {
    house.advance(Date.now() / 1000);
    return house.page();
  });
  const target = { job: 'purser', address: page.address };
  backfill(folder, earlier(now, seconds, step), target);
  backfill(folder, housePast(house, now - seconds - 60, now - 5, step), target);
  // Writing the past took its time; that time is written too.
  backfill(folder, housePast(house, now - 5 + step, Date.now() / 1000, step), target);
  const prometheus = new Prometheus({ folder, port, scrapeInterval: `${step / 2}s`, targets: [target], ruleFiles: RULES, program });
  await prometheus.ready();
  // Two scrapes, so that what is made up and what is live are one line.
  await pause(step * 1500);
  return {
    prometheus,
    rateInterval: `${step * 4}s`,
    scrapeSeconds: step,
    stop: async () => {
      await prometheus.stop();
      await page.close();
    },
  };
};

const demo = async (folder: string, seconds: number, port: number, prometheusProgram: string): Promise<Stage> => {
  mkdirSync(folder, { recursive: true });
  // The demo runs what is built; it is to be what is here now.
  execFileSync(process.execPath, ['tools/build.ts'], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
  const metrics = await freePort();
  const target = { job: 'purser', address: `127.0.0.1:${metrics}` };
  backfill(folder, earlier(Date.now() / 1000, seconds, 5), target);
  const program = new Program(
    'demo',
    process.execPath,
    ['demo/main.ts'],
    `${folder}/demo.log`,
    { PURSER_PROMETHEUS_PORT: String(metrics), PURSER_PROMETHEUS_HOST: '127.0.0.1' },
    ROOT,
  );
  const prometheus = new Prometheus({ folder, port, scrapeInterval: '1s', targets: [target], ruleFiles: RULES, program: prometheusProgram });
  const stop = async (): Promise<void> => {
    await prometheus.stop();
    await program.stop();
  };
  try {
    await program.ready(`http://${target.address}/metrics`, 60_000);
    await prometheus.ready();
    await pause(seconds * 1000);
  } catch (error) {
    await stop();
    throw error;
  }
  return { prometheus, rateInterval: '20s', scrapeSeconds: 1, stop };
};

/** Starts what is to be looked at, and waits until there is something to see. */
export const setStage = (source: Source, folder: string, seconds: number, port: number, program: string): Promise<Stage> =>
  source === 'demo' ? demo(folder, seconds, port, program) : synthetic(folder, seconds, port, program);
