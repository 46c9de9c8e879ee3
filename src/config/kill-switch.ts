import { pollFile, type StopWatching, type WatchFile } from './file-poll.ts';

/** The kill switch of a running process. */
export interface KillSwitch {
  /** True while calls must pass through untouched. */
  isOn(): boolean;
  readonly stop: StopWatching;
}

/** How the kill switch is watched. */
export interface KillSwitchInput {
  /** The signal file; without one the switch is always off. */
  readonly file: string | undefined;
  readonly intervalMs: number;
  /** Told when the switch turns. */
  readonly onTurn?: (isOn: boolean) => void;
  readonly exists?: (path: string) => boolean;
  readonly watchFile?: WatchFile;
}

/** Watches the signal file: while it exists, Purser steps aside. Reading the switch costs nothing. */
export const watchKillSwitch = ({
  file,
  intervalMs,
  onTurn,
  exists = process.getBuiltinModule('node:fs').existsSync,
  watchFile = pollFile,
}: KillSwitchInput): KillSwitch => {
  if (file === undefined) return { isOn: () => false, stop: () => {} };
  let on = exists(file);
  const stop = watchFile(file, intervalMs, () => {
    const now = exists(file);
    if (now === on) return;
    on = now;
    onTurn?.(now);
  });
  return { isOn: () => on, stop };
};
