import { execFileSync } from 'node:child_process';

/** Builds dist/ before any test runs, so that child processes load what a user would install. */
export default function setup(): void {
  execFileSync(process.execPath, ['tools/build.ts'], { stdio: ['ignore', 'ignore', 'inherit'] });
}
