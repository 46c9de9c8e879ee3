import { arch, cpus, platform, totalmem } from 'node:os';

/** Prints the machine and, as the last line, the result of a benchmark, score or chaos run; sets the exit code. */
export const reportBench = (name: string, figures: Readonly<Record<string, unknown>>, bars: Readonly<Record<string, unknown>>, pass: boolean): void => {
  console.log(
    `machine: ${platform()} ${arch()}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`,
  );
  console.log(JSON.stringify({ name, pass, figures, bars }));
  process.exitCode = pass ? 0 : 1;
};
