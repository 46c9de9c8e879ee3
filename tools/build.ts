/** Builds dist/ from src/: plain tsc, then the two entries that the app's start waits for as one file each, since each file costs it. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { buildSync } from 'esbuild';

// Built aside and put in place at once, so that a process that starts meanwhile finds the old build or the new one.
const aside = `.cache/dist-${process.pid}`;
const before = `.cache/old-${process.pid}`;
mkdirSync('.cache', { recursive: true });

const { status } = spawnSync('node_modules/.bin/tsc', ['-p', 'tsconfig.build.json', '--outDir', aside], { stdio: 'inherit' });
if (existsSync('src/pricing/table.json')) cpSync('src/pricing/table.json', `${aside}/pricing/table.json`);

// The OpenTelemetry api is bundled with the runtime: ours serves until the app registers something with its own (runtime/api.ts).
for (const entry of ['register', 'runtime/process', 'runtime/start']) {
  buildSync({
    entryPoints: [`src/${entry}.ts`],
    outfile: `${aside}/${entry}.js`,
    allowOverwrite: true,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: [
      'prom-client',
      'yaml',
      '@opentelemetry/sdk-*',
      '@opentelemetry/exporter-*',
      '@opentelemetry/instrumentation*',
      '@opentelemetry/resources',
      '@opentelemetry/core',
    ],
    legalComments: 'none',
    logLevel: 'error',
  });
}
if (existsSync('dist')) renameSync('dist', before);
renameSync(aside, 'dist');
rmSync(before, { recursive: true, force: true });

// Types that do not agree fail the build, after everything that can be built was.
if (status !== 0) process.exitCode = 1;
