import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Installs the pinned packages of a folder of test/matrix, unless that was done. */
export const installFolder = (cwd: string): void => {
  // npm writes this file last, so that an installation that was broken off counts as missing.
  if (existsSync(`${cwd}/node_modules/.package-lock.json`)) return;
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--silent'], { cwd, stdio: 'inherit' });
};
