import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Installs the pinned packages of these folders of test/matrix/hosts where they are missing. */
export const installHosts = (folders: ReadonlySet<string>): void => {
  for (const folder of folders) {
    const cwd = `test/matrix/hosts/${folder}`;
    if (!existsSync(`${cwd}/node_modules`)) execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--silent', '--ignore-scripts'], { cwd, stdio: 'inherit' });
  }
};
