/** A Redis or Valkey server of a test's own: a free port, a directory of its own, gone when the test is. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../support/free-port.ts';

export interface RedisServer {
  readonly port: number;
  readonly url: string;
  readonly pid: number;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  pause(): void;
  resume(): void;
  /** Starts it again over the same directory. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const program = (): string | undefined => {
  for (const name of ['redis-server', 'valkey-server']) {
    try {
      execFileSync(name, ['--version'], { stdio: 'ignore' });
      return name;
    } catch {
      // The other one may be there.
    }
  }
  return undefined;
};

/** The program's name, or `undefined` when none is installed; then a test is skipped by name, and fails under PURSER_REQUIRE_ALL=1. */
export const redisProgram = program();

export const requireAll = process.env['PURSER_REQUIRE_ALL'] === '1';

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1');
    const done = (yes: boolean): void => {
      socket.destroy();
      resolve(yes);
    };
    socket.once('error', () => done(false));
    socket.once('data', (data) => done(String(data).startsWith('+PONG')));
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.setTimeout(500, () => done(false));
  });

const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

export const startRedis = async (options: { readonly appendonly?: boolean } = {}): Promise<RedisServer> => {
  if (redisProgram === undefined) throw new Error('no redis-server and no valkey-server is installed');
  const directory = mkdtempSync(join(tmpdir(), 'purser-redis-'));
  const port = await freePort();
  const aof = options.appendonly === true ? 'yes' : 'no';
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    child = spawn(redisProgram, ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, '--save', '', '--appendonly', aof], { stdio: 'ignore' });
    for (let tries = 0; tries < 200; tries += 1) {
      if (await answers(port)) return;
      await sleep(25);
    }
    throw new Error('redis-server does not answer');
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ending = child;
    if (ending === undefined || ending.exitCode !== null) return;
    const gone = new Promise((resolve) => {
      ending.once('exit', resolve);
    });
    ending.kill(signal);
    await gone;
  };
  await start();
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    get pid() {
      return child?.pid ?? 0;
    },
    kill: () => end('SIGKILL'),
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    restart: start,
    stop: async () => {
      child?.kill('SIGCONT');
      await end('SIGKILL');
      rmSync(directory, { recursive: true, force: true });
    },
  };
};
