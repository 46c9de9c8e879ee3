/**
 * The contract suite again with every SDK inside one minified file, by esbuild and by webpack, where no module hook can fire: what the tap on the
 * wire reads must be the same facts for every entry. Prints one JSON line last.
 */
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { build } from 'esbuild';
import { installFolder } from '../../support/install-folder.ts';
import { reportBench } from '../../support/report.ts';
import { runNode } from '../../support/run-node.ts';

const here = import.meta.dirname;
const entry = resolve(here, 'sdks.ts');
const out = resolve('.cache/bundled');
mkdirSync(out, { recursive: true });

const byEsbuild = async (): Promise<string> => {
  const outfile = `${out}/esbuild.cjs`;
  await build({ entryPoints: [entry], outfile, bundle: true, minify: true, platform: 'node', format: 'cjs', target: 'node22', logLevel: 'error' });
  return outfile;
};

interface Stats {
  hasErrors(): boolean;
  toString(): string;
}

const byWebpack = async (): Promise<string> => {
  installFolder(here);
  const webpack = createRequire(`${here}/main.ts`)('webpack') as (config: object, done: (error: Error | null, stats?: Stats) => void) => void;
  const config = {
    mode: 'production',
    target: 'node22',
    entry,
    output: { path: out, filename: 'webpack.cjs', library: { type: 'commonjs2' } },
    optimization: { splitChunks: false },
    ignoreWarnings: [() => true],
  };
  await new Promise<void>((done, fail) => {
    webpack(config, (error, stats) => (error !== null || stats?.hasErrors() === true ? fail(error ?? new Error(String(stats))) : done()));
  });
  return `${out}/webpack.cjs`;
};

interface Result {
  readonly pass: boolean;
  readonly figures: { readonly sent: number; readonly equal: number; readonly faults: number };
}

const figures: Record<string, number> = {};
let pass = true;
for (const [name, bundle] of [
  ['esbuild', byEsbuild],
  ['webpack', byWebpack],
] as const) {
  const { stdout, stderr } = await runNode(['test/contract/main.ts', '--sdks', await bundle()], { timeoutMs: 900_000 });
  const lines = stdout.trim().split('\n');
  const last = lines.at(-1) ?? '';
  if (!last.startsWith('{')) {
    console.log(`${name}: ${stdout}${stderr}`);
    pass &&= last.startsWith('not run');
    continue;
  }
  const result = JSON.parse(last) as Result;
  for (const line of lines.slice(0, -2)) console.log(`${name}: ${line}`);
  figures[`${name}_sent`] = result.figures.sent;
  figures[`${name}_equal`] = result.figures.equal;
  figures[`${name}_faults`] = result.figures.faults;
  pass &&= result.pass;
}
reportBench('contract_bundled', figures, { equal: '100 % of what was sent, with esbuild and with webpack', faults: 0 }, pass);
