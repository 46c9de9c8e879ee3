import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** A real program that runs for the test; its output is kept in a file. */
export class Program {
  readonly #child: ChildProcess;
  #ended = false;
  readonly name: string;
  constructor(name: string, command: string, args: readonly string[], log: string, env: Readonly<Record<string, string>> = {}, cwd = process.cwd()) {
    this.name = name;
    this.#child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env }, cwd });
    const file = createWriteStream(log);
    this.#child.stdout?.pipe(file);
    this.#child.stderr?.pipe(file);
    this.#child.on('exit', () => (this.#ended = true));
    this.#child.on('error', () => (this.#ended = true));
  }
  get ended(): boolean {
    return this.#ended;
  }
  /** Waits until `url` answers well; throws when the program ends before or does not come up within `timeoutMs`. */
  async ready(url: string, timeoutMs = 30_000): Promise<void> {
    for (const end = Date.now() + timeoutMs; Date.now() < end; await pause(150)) {
      if (this.#ended) throw new Error(`${this.name} ended at its start`);
      const answer = await fetch(url).catch(() => undefined);
      if (answer?.ok === true) return;
    }
    throw new Error(`${this.name} did not answer at ${url}`);
  }
  async stop(): Promise<void> {
    for (let round = 0; !this.#ended && round < 100; round += 1) {
      if (round === 0) this.#child.kill('SIGTERM');
      if (round === 80) this.#child.kill('SIGKILL');
      await pause(100);
    }
  }
}
