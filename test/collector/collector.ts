import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { stringify } from 'yaml';
import { freePort } from '../support/free-port.ts';

/** How a Collector is started. */
export interface Setup {
  readonly program: string;
  /** The shipped files, in the order in which they are merged. */
  readonly configs: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** A folder of its own, for its queues, its log and its ports. */
  readonly folder: string;
  /** What the test sets on top, besides the ports. */
  readonly overlay?: Readonly<Record<string, unknown>>;
  /** False where the variant has no OTLP receiver without TLS. */
  readonly scheme?: 'http' | 'https';
}

const READY_MS = 60_000;

/** A real Collector with a shipped configuration; only its ports are the test's. It may be killed and started again. */
export class Collector {
  readonly #setup: Setup;
  readonly #args: readonly string[];
  readonly #health: string;
  readonly #self: string;
  readonly url: string;
  readonly logFile: string;
  #child: ChildProcess | undefined;

  private constructor(setup: Setup, ports: { readonly http: number; readonly health: number; readonly self: number }, args: readonly string[]) {
    this.#setup = setup;
    this.#args = args;
    this.url = `${setup.scheme ?? 'http'}://127.0.0.1:${ports.http}`;
    this.#health = `http://127.0.0.1:${ports.health}/`;
    this.#self = `http://127.0.0.1:${ports.self}/metrics`;
    this.logFile = join(setup.folder, 'collector.log');
  }

  /** Starts one and waits until its health check answers. */
  static async start(setup: Setup): Promise<Collector> {
    mkdirSync(setup.folder, { recursive: true });
    const [grpc, http, health, self] = [await freePort(), await freePort(), await freePort(), await freePort()] as const;
    const overlay = join(setup.folder, 'ports.yaml');
    const ports = {
      extensions: { health_check: { endpoint: `127.0.0.1:${health}` } },
      receivers: { otlp: { protocols: { grpc: { endpoint: `127.0.0.1:${grpc}` }, http: { endpoint: `127.0.0.1:${http}` } } } },
      service: {
        telemetry: { metrics: { readers: [{ pull: { exporter: { prometheus: { host: '127.0.0.1', port: self } } } }] } },
      },
    };
    writeFileSync(overlay, stringify(ports));
    const more = join(setup.folder, 'overlay.yaml');
    writeFileSync(more, stringify(setup.overlay ?? {}));
    const configs = [...setup.configs, overlay, ...(setup.overlay === undefined ? [] : [more])];
    const collector = new Collector(
      setup,
      { http, health, self },
      configs.map((file) => `--config=${file}`),
    );
    await collector.again();
    return collector;
  }

  /** Starts it again, on the same ports and the same queues. */
  async again(): Promise<void> {
    const child = spawn(this.#setup.program, this.#args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'] ?? '', PURSER_COLLECTOR_QUEUE: join(this.#setup.folder, 'queue'), ...this.#setup.env },
      cwd: this.#setup.folder,
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => appendFileSync(this.logFile, data));
    const killLate = (): void => void child.kill('SIGKILL');
    process.once('exit', killLate);
    child.once('exit', () => process.removeListener('exit', killLate));
    for (const end = Date.now() + READY_MS; Date.now() < end; await pause(100)) {
      if (child.exitCode !== null) throw new Error(`the Collector ended with ${child.exitCode} at its start\n${this.log().slice(-3000)}`);
      if ((await fetch(this.#health).catch(() => undefined))?.ok === true) return;
    }
    throw new Error(`the Collector did not come up\n${this.log().slice(-3000)}`);
  }

  /** Ends it as a machine that fails does. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  /** Ends it as a platform does. */
  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  /** Everything it has said so far. */
  log(): string {
    return existsSync(this.logFile) ? readFileSync(this.logFile, 'utf8') : '';
  }

  /** The lines of its log that warn or fail. */
  complaints(): readonly string[] {
    return this.log()
      .split('\n')
      .filter((line) => /\t(warn|error|fatal)\t|"level":"(warn|error|fatal)"|deprecat/i.test(line));
  }

  /** Its own metrics, as text. */
  async metrics(): Promise<string> {
    return (await fetch(this.#self)).text();
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    // Not at its exit: what it said last is still to be written.
    const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
    child.kill(signal);
    const late = setTimeout(() => child.kill('SIGKILL'), 30_000);
    await gone;
    clearTimeout(late);
  }
}
