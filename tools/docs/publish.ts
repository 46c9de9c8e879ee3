import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes generated files; with `--check` on the command line it only tells which of them differ, and ends with exit code 1 if any does. */
export const publish = (files: Readonly<Record<string, string>>): void => {
  const isCheck = process.argv.includes('--check');
  for (const [path, text] of Object.entries(files)) {
    if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
    if (isCheck) {
      console.error(`${path} is not what its table says: run node ${process.argv[1]}`);
      process.exitCode = 1;
    } else {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
  }
};
