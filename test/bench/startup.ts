/** Time that the preload adds to the start of an app that does nothing, and of one that imports openai and makes one call; bare and preloaded starts alternate. */
import { spawnSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { resolve } from 'node:path';
import { reportBench } from '../support/report.ts';
import { startLocalProviderProcess, startOtlpSink } from '../support/server-process.ts';

const STARTS = Number(process.env['STARTS'] ?? 15);
const preload = resolve('dist/register.js');
const provider = await startLocalProviderProcess();
const receiver = await startOtlpSink();

const time = (app: string, flag: readonly string[]): number => {
  const env = { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_SERVICE_NAME: 'bench' };
  const started = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [...flag, resolve('test/bench/apps', app), provider.url], { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${app} ended with ${status}: ${stderr}`);
  return performance.now() - started;
};

const figures: Record<string, number> = {};
for (const [name, app, flag] of [
  ['nothing_cjs_ms', 'nothing.cjs', '--require'],
  ['nothing_esm_ms', 'nothing.mjs', '--import'],
  ['call_cjs_ms', 'call.cjs', '--require'],
  ['call_esm_ms', 'call.mjs', '--import'],
] as const) {
  const bare: number[] = [];
  const loaded: number[] = [];
  time(app, [flag, preload]);
  for (let start = 0; start < STARTS; start++) {
    bare.push(time(app, []));
    loaded.push(time(app, [flag, preload]));
  }
  const added = Math.min(...loaded) - Math.min(...bare);
  figures[name] = Math.round(added * 10) / 10;
  console.log(`${name.padEnd(16)} bare ${Math.min(...bare).toFixed(1)} ms, with the preload ${Math.min(...loaded).toFixed(1)} ms: +${added.toFixed(1)} ms`);
}
await provider.close();
await receiver.close();
const bars = { nothing_cjs_ms: 15, nothing_esm_ms: 15, call_cjs_ms: 120, call_esm_ms: 120 };
reportBench(
  'startup',
  figures,
  bars,
  Object.entries(bars).every(([name, bar]) => (figures[name] ?? Infinity) <= bar),
);
