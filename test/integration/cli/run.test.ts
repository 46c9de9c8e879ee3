import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { nodeOptions } from '../../../src/cli/run.ts';
import { cleanEnv, ended, purser, start } from './purser.ts';

const folder = mkdtempSync(join(tmpdir(), 'purser run '));
afterAll(() => rmSync(folder, { recursive: true }));

const script = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o755 });
  return path;
};

const started = (child: ReturnType<typeof start>): Promise<string> =>
  new Promise((done) => child.stdout?.once('data', (data: Buffer) => done(data.toString())));

// A Node program takes our place, any other command is a child: both must look the same from outside.
describe.each([
  ['a Node program', (path: string) => ['node', path]],
  ['another command', (path: string) => ['sh', '-c', 'exec node "$0" "$@"', path]],
])('purser run with %s', (_, command) => {
  it('passes the exit code on', async () => {
    const app = script('exit.cjs', 'process.exitCode = 7; console.log("done"); console.error("said");');
    expect(await purser(['run', '--', ...command(app)])).toEqual({ code: 7, signal: null, stdout: 'done\n', stderr: 'said\n' });
  });

  it('passes arguments and standard input on, byte for byte', async () => {
    const app = script('echo.cjs', 'process.stdout.write(JSON.stringify(process.argv.slice(2)) + "\\n"); process.stdin.pipe(process.stdout);');
    const child = start(['run', '--', ...command(app), '--flag', 'two words', '--', '"']);
    child.stdin?.end('line\n\u0000\u{1F9FE}');
    expect(await ended(child)).toMatchObject({ code: 0, stdout: '["--flag","two words","--","\\""]\nline\n\u0000\u{1F9FE}' });
  });

  it('ends by the signal that ended the command', async () => {
    const app = script('killed.cjs', 'process.kill(process.pid, "SIGKILL"); setInterval(() => {}, 1000);');
    expect(await purser(['run', '--', ...command(app)])).toMatchObject({ code: null, signal: 'SIGKILL' });
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGUSR2'] as const)('passes %s on, once', async (signal) => {
    const app = script(
      'signal.cjs',
      `let n = 0; process.on("${signal}", () => { n += 1; setTimeout(() => process.exit(40 + n), 100); }); console.log("up"); setInterval(() => {}, 1000);`,
    );
    const child = start(['run', '--', ...command(app)]);
    const end = ended(child);
    await started(child);
    child.kill(signal);
    expect(await end).toMatchObject({ code: 41, signal: null });
  });

  it('puts the preload into the program, behind the options that were there', async () => {
    const app = script('options.cjs', 'console.log(process.env.NODE_OPTIONS); console.log(Symbol.for("purser.sdk") in globalThis);');
    const { stdout } = await purser(['run', '--', ...command(app)], { NODE_OPTIONS: '--no-deprecation' });
    expect(stdout).toBe(`--no-deprecation --require ${resolve('dist/register.cjs')}\ntrue\n`);
  });
});

describe('purser run', () => {
  it('keeps the process id of a Node program', async () => {
    const child = start(['run', '--', 'node', '-p', 'process.pid']);
    expect((await ended(child)).stdout).toBe(`${child.pid}\n`);
  });

  it('runs a script that begins with #!/usr/bin/env node', async () => {
    expect(await purser(['run', '--', script('tool', '#!/usr/bin/env node\nconsole.log("tool");\n')])).toMatchObject({ code: 0, stdout: 'tool\n' });
  });

  it('tells a shell’s codes for what cannot be run', async () => {
    expect(await purser(['run', '--', 'no-such-command'])).toMatchObject({ code: 127, stderr: 'purser run: there is no command "no-such-command"\n' });
    expect((await purser(['run', '--', folder])).code).toBe(126);
  });

  it.each([[[]], [['--']], [['--bogus', 'node']]])('refuses %j', async (args) => {
    expect(await purser(['run', ...args])).toMatchObject({ code: 2, stderr: 'usage: purser run -- COMMAND [ARGUMENT ...]\n' });
  });

  it('lets a program die of a closed pipe as it would', async () => {
    const child = start(['run', '--', 'sh', '-c', 'yes | head -1'], cleanEnv());
    expect(await ended(child)).toEqual({ code: 0, signal: null, stdout: 'y\n', stderr: '' });
  });

  it('quotes a path with spaces, and adds itself once', () => {
    const once = nodeOptions(undefined, '/a b/"c"\\register.js');
    expect(once).toBe('--require "/a b/\\"c\\"\\\\register.js"');
    expect(nodeOptions(once, '/a b/"c"\\register.js')).toBe(once);
    expect(nodeOptions('--inspect', '/x.js')).toBe('--inspect --require /x.js');
  });

  it('writes paths so that Node reads them', async () => {
    const preload = script('pre "load".cjs', 'globalThis.loaded = true;');
    const child = start(['run', '--', 'node', '-p', 'globalThis.loaded'], cleanEnv({ NODE_OPTIONS: nodeOptions(undefined, preload) }));
    expect((await ended(child)).stdout).toBe('true\n');
  });
});

describe('the installed command', () => {
  it('runs behind a symbolic link, as npm installs it, with the preload of its own copy', async () => {
    const link = join(folder, 'purser');
    symlinkSync(resolve('dist/cli/main.js'), link);
    const child = spawn(process.execPath, [link, 'run', '--', 'node', '-p', 'process.env.NODE_OPTIONS + " " + (Symbol.for("purser.sdk") in globalThis)'], {
      env: cleanEnv(),
      stdio: 'pipe',
    });
    expect(await ended(child)).toEqual({ code: 0, signal: null, stdout: `--require ${resolve('dist/register.cjs')} true\n`, stderr: '' });
  });
});
