import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { STATUS_QUESTION } from '../../../src/config/status-path.ts';

const root = mkdtempSync(join(tmpdir(), 'purser-status-'));
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});
afterAll(() => rmSync(root, { recursive: true }));

const APP = `
  import { setDiagSink } from ${JSON.stringify(resolve('src/base/diag.ts'))};
  import { serveStatus } from ${JSON.stringify(resolve('src/runtime/status.ts'))};
  const say = (_, message) => console.log(message);
  setDiagSink({ fault: say, notice: say });
  serveStatus(process.argv[1], () => ({ pid: process.pid }));
  console.log('served');
  process.stdin.resume().on('end', () => process.exit(0));
`;

interface Serving {
  readonly app: ChildProcess;
  /** Its own path, where `path` is not to be had. */
  readonly own: string;
  said(): string;
  end(): Promise<void>;
}

/** A process that answers at `path`, until it is told to end. */
const serving = async (path: string): Promise<Serving> => {
  const app = spawn(process.execPath, ['--input-type=module', '-e', APP, path], { env: { ...process.env, TMPDIR: root }, stdio: ['pipe', 'pipe', 'inherit'] });
  let said = '';
  app.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  const exited = once(app, 'exit');
  const end = async (): Promise<void> => {
    app.stdin.end();
    await exited;
  };
  ends.push(end);
  await vi.waitFor(() => expect(said).toContain('served'), 10_000);
  return { app, own: join(root, `purser-${process.getuid?.() ?? userInfo().username}`, `${app.pid}.sock`), said: () => said, end };
};

const ask = async (path: string): Promise<string> => {
  const socket = connect(path);
  try {
    socket.write(STATUS_QUESTION);
    const [data] = (await once(socket, 'data')) as [Buffer];
    return String(data).trim();
  } finally {
    socket.destroy();
  }
};

const answerOf = ({ app }: Serving): string => JSON.stringify({ pid: app.pid });

describe.skipIf(process.platform === 'win32')('the status socket of a process', () => {
  it('is there at once, for its owner alone, and gone at the end', async () => {
    const path = join(root, 'own.sock');
    const app = await serving(path);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await ask(path)).toBe(answerOf(app));
    await app.end();
    expect(existsSync(path)).toBe(false);
  });

  it('is left to the first of two that are given the same path, also when the second ends', async () => {
    const path = join(root, 'shared.sock');
    const first = await serving(path);
    const second = await serving(path);
    await vi.waitFor(async () => expect(await ask(second.own)).toBe(answerOf(second)), 5_000);
    expect(second.said()).toContain(`${path} is in use by another process; this one answers "purser status ${second.app.pid}" at ${second.own}`);
    await second.end();
    expect(existsSync(second.own)).toBe(false);
    expect(await ask(path)).toBe(answerOf(first));
  });

  it('is not removed when another one took its place', async () => {
    const path = join(root, 'replaced.sock');
    const app = await serving(path);
    rmSync(path);
    const server = createServer((socket) => socket.on('data', () => socket.end('another')));
    ends.push(() => new Promise((done) => void server.close(done)));
    await once(server.listen(path), 'listening');
    await app.end();
    expect(await ask(path)).toBe('another');
  });

  it('takes the place of one whose process was killed', async () => {
    const path = join(root, 'dead.sock');
    const dies = `require('node:net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
    expect(spawnSync(process.execPath, ['-e', dies, path]).signal).toBe('SIGKILL');
    expect(existsSync(path)).toBe(true);
    const app = await serving(path);
    await vi.waitFor(async () => expect(await ask(path)).toBe(answerOf(app)), 5_000);
    expect(app.said()).toBe('served\n');
  });

  it('does not take the place of a file', async () => {
    const path = join(root, 'file.txt');
    writeFileSync(path, 'kept');
    const app = await serving(path);
    await vi.waitFor(async () => expect(await ask(app.own)).toBe(answerOf(app)), 5_000);
    await app.end();
    expect(existsSync(path)).toBe(true);
  });
});
