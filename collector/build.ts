/** Builds the Collector that the configurations here are checked and tested with. Run by hand it prints where the program is. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';

const MANIFEST = fileURLToPath(new URL('builder.yaml', import.meta.url));

/** What the manifest says about the program. */
interface Dist {
  readonly name: string;
  readonly version: string;
}

/** A Collector that was built, or is yet to be. */
export interface CollectorBuild {
  readonly version: string;
  /** The program; it is there once `buildCollector` has resolved. */
  readonly program: string;
  /** The folder of this version and this manifest, outside the tree. */
  readonly folder: string;
}

const manifest = (): { readonly dist: Dist } & Record<string, unknown> =>
  parse(readFileSync(MANIFEST, 'utf8')) as { readonly dist: Dist } & Record<string, unknown>;

const cacheFolder = (): string => process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');

/** Gives where the Collector of today's manifest is, or would be: another version or component makes another folder. */
export const collectorBuild = (): CollectorBuild => {
  const { dist } = manifest();
  const sum = createHash('sha256').update(readFileSync(MANIFEST)).digest('hex').slice(0, 12);
  const folder = join(cacheFolder(), 'purser', `collector-${dist.version}-${sum}`);
  return { version: dist.version, folder, program: join(folder, dist.name) };
};

/** Gives the version of Go, or undefined where there is none. */
export const goVersion = (): string | undefined => {
  const { status, stdout } = spawnSync('go', ['version'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim().replace(/^go version /, '') : undefined;
};

const tail = (output: string): string =>
  output
    .split('\n')
    .filter((line) => !line.startsWith('go: downloading'))
    .slice(-40)
    .join('\n');

const run = (command: string, args: readonly string[], env: Readonly<Record<string, string>>, cwd?: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env }, ...(cwd === undefined ? {} : { cwd }) });
    let output = '';
    const keep = (data: Buffer): void => void (output += data.toString());
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${command} ${args.join(' ')} ended with ${code}\n${tail(output)}`));
    });
  });

/** Writes the go.mod of a module as ours, so that what it replaces and excludes holds here too; what it replaces by a folder of its own is published beside it. */
const takeOver = (module: string, version: string, building: string): void => {
  const { stdout } = spawnSync('go', ['mod', 'download', '-json', `${module}@${version}`], { encoding: 'utf8', cwd: building });
  const { GoMod } = JSON.parse(stdout) as { readonly GoMod: string };
  const text = readFileSync(GoMod, 'utf8')
    .replace(/^module .*$/m, 'module build')
    .replaceAll(/^replace .* => \.\/.*$/gm, '');
  writeFileSync(join(building, 'go.mod'), `${text}\nrequire ${module} ${version}\n`);
};

/** Builds a Go program into the cache, inside a module of its own: `go install` refuses modules that replace or exclude others. */
const goBuild = async (folder: string, name: string, requires: readonly string[], target: string, source?: string, like?: string): Promise<string> => {
  const program = join(folder, name);
  if (existsSync(program)) return program;
  const building = `${folder}.building-${process.pid}`;
  mkdirSync(building, { recursive: true });
  try {
    if (source !== undefined) cpSync(source, join(building, 'main.go'));
    await run('go', ['mod', 'init', 'build'], {}, building);
    if (like !== undefined) takeOver(like, requires[0]?.split('@')[1] ?? '', building);
    await run('go', ['get', ...requires], {}, building);
    await run('go', ['build', '-trimpath', '-o', name, target], { CGO_ENABLED: '0', GOFLAGS: '-mod=mod' }, building);
    mkdirSync(folder, { recursive: true });
    renameSync(join(building, name), program);
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
  return program;
};

/** Where the Go program of a published package is, or would be. */
export const goProgramPath = (version: string, name: string): string => join(cacheFolder(), 'purser', `${name}-${version}`, name);

/** The Go program of a published package, built once for each version. `replaces` takes over the modules that its own go.mod puts in the place of others. */
export const goProgram = (packageName: string, version: string, name: string, { replaces = false } = {}): Promise<string> =>
  goBuild(
    dirname(goProgramPath(version, name)),
    name,
    [`${packageName}@v${version}`],
    packageName,
    undefined,
    replaces ? packageName.replace(/\/cmd\/.*/, '') : undefined,
  );

/** The Go program of one source file and the modules that it needs, built once for each text of it. */
export const goSource = (source: string, requires: readonly string[], name: string): Promise<string> => {
  const sum = createHash('sha256').update(readFileSync(source)).update(requires.join()).digest('hex').slice(0, 12);
  return goBuild(join(cacheFolder(), 'purser', `${name}-${sum}`), name, requires, '.', source);
};

/**
 * Builds the Collector with its own builder unless the cache has it: ten minutes and two gigabytes of modules the first time, nothing after.
 *
 * @throws Error with the end of Go's output when a step fails
 */
export const buildCollector = async (tell: (text: string) => void = () => undefined): Promise<CollectorBuild> => {
  const build = collectorBuild();
  if (existsSync(build.program)) return build;
  tell(`building the Collector ${build.version} into ${build.folder}; this happens once`);
  const builder = await goProgram('go.opentelemetry.io/collector/cmd/builder', build.version, 'builder');
  const source = `${build.folder}.building-${process.pid}`;
  mkdirSync(source, { recursive: true });
  try {
    const { dist, ...components } = manifest();
    const file = join(source, 'builder.yaml');
    writeFileSync(file, stringify({ dist: { ...dist, output_path: join(source, 'out') }, ...components }));
    await run(builder, ['--config', file], { CGO_ENABLED: '0' });
    mkdirSync(dirname(build.program), { recursive: true });
    renameSync(join(source, 'out', dist.name), build.program);
  } finally {
    rmSync(source, { recursive: true, force: true });
  }
  return build;
};

const say = (text: string): void => void process.stderr.write(`${text}\n`);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (goVersion() === undefined) {
    say('Go is missing (https://go.dev/dl); the official image otel/opentelemetry-collector-contrib has the same components.');
    process.exitCode = 1;
  } else {
    process.stdout.write(`${(await buildCollector(say)).program}\n`);
  }
}
