import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cleanEnv } from './purser.ts';

const LOAD = pathToFileURL(resolve('src/config/load.ts')).href;

// In a process of its own, as at every start of an app; the first call is the one that an app pays for.
const program = `
const { loadConfig } = await import(${JSON.stringify(LOAD)});
const { _cache } = process.getBuiltinModule('node:module').Module;
const started = performance.now();
loadConfig({ env: process.env, cwd: process.cwd() });
const first = performance.now() - started;
let later = Infinity;
for (let run = 0; run < 100; run++) {
  const from = performance.now();
  loadConfig({ env: process.env, cwd: process.cwd() });
  later = Math.min(later, performance.now() - from);
}
console.log(JSON.stringify({ first, later, modules: Object.keys(_cache).filter((path) => path.includes('node_modules')) }));
`;

interface Measured {
  readonly first: number;
  readonly later: number;
  readonly modules: readonly string[];
}

const measure = (): Measured =>
  JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', program], { cwd: tmpdir(), env: cleanEnv({ OTEL_SERVICE_NAME: 'shop' }), encoding: 'utf8' }),
  ) as Measured;

describe('reading the configuration without a config file', () => {
  it('takes little of the app’s start, and loads no package', () => {
    const runs = Array.from({ length: 5 }, measure);
    const first = Math.min(...runs.map((run) => run.first));
    const later = Math.min(...runs.map((run) => run.later));
    process.stderr.write(`config: first load ${first.toFixed(2)} ms, later ${later.toFixed(3)} ms (minimum of ${runs.length} processes)\n`);
    // The first load is shown and not held to a bar: on a busy machine it measures the neighbours.
    expect(later).toBeLessThan(1);
    expect(runs.flatMap((run) => run.modules)).toEqual([]);
  });
});
