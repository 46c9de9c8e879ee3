import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A server in a process of its own, so that it does not share the event loop of what is measured. */
export interface ServerProcess {
  readonly url: string;
  close(): Promise<void>;
}

const startServer = async (script: string, args: readonly string[]): Promise<ServerProcess> => {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = spawn(process.execPath, [script, '--port', '0', ...args], { stdio: ['ignore', 'pipe', 'inherit'], env });
  const url = await new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${script} ended with ${code}`)));
    createInterface({ input: child.stdout }).once('line', (line) => resolve((JSON.parse(line) as { listening: string }).listening));
  });
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
};

/** Starts the local provider as a child process. */
export const startLocalProviderProcess = (args: readonly string[] = []): Promise<ServerProcess> => startServer('test/support/local-provider/main.ts', args);

/** Starts a server that takes any OTLP export and keeps nothing. */
export const startOtlpSink = (): Promise<ServerProcess> => startServer('test/support/otlp-sink.ts', []);
