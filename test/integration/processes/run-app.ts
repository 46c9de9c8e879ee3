import { spawn } from 'node:child_process';

/** What a child process did. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Since the start, or since the signal where one was sent. */
  readonly ms: number;
}

/** How a child process is run. */
export interface Running {
  readonly command?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Sent once `ready` was printed, or what `ready` says. */
  readonly signal?: NodeJS.Signals;
  readonly ready?: string;
  readonly stdin?: string;
  /** Another user; needs root. */
  readonly uid?: number;
  readonly timeoutMs?: number;
}

/** Runs a program to its end, with a signal on the way where one is asked for. */
export const runApp = (args: readonly string[], how: Running = {}): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const { NODE_OPTIONS: _, ...inherited } = process.env;
    const child = spawn(how.command ?? process.execPath, [...args], {
      cwd: how.cwd,
      ...(how.uid === undefined ? {} : { uid: how.uid }),
      env: { ...inherited, ...how.env },
      stdio: [how.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    child.stdin?.end(how.stdin);
    const timer = setTimeout(() => child.kill('SIGKILL'), how.timeoutMs ?? 30_000);
    let began = performance.now();
    let stdout = '';
    let stderr = '';
    let sent = false;
    child.stdout?.on('data', (data) => {
      stdout += String(data);
      if (sent || how.signal === undefined || !stdout.includes(how.ready ?? 'ready\n')) return;
      sent = true;
      began = performance.now();
      child.kill(how.signal);
    });
    child.stderr?.on('data', (data) => (stderr += String(data)));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, stdout, stderr, ms: performance.now() - began });
    });
  });
