/** Builds dist/ from src/: plain tsc, then the files that tsc does not copy. */
import { execFileSync } from 'node:child_process';
import { existsSync, rmSync, cpSync } from 'node:fs';

rmSync('dist', { recursive: true, force: true });
execFileSync('node_modules/.bin/tsc', ['-p', 'tsconfig.build.json'], { stdio: 'inherit' });
if (existsSync('src/pricing/table.json')) cpSync('src/pricing/table.json', 'dist/pricing/table.json');
