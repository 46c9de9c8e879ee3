import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a repository has already that the written files belong to; paths from the working directory. */
export interface Found {
  readonly collectors: readonly string[];
  readonly grafana: readonly string[];
  readonly prometheus: readonly string[];
}

const SKIPPED = new Set(['node_modules', '.git', 'dist', 'build', 'coverage', 'vendor']);
const DEPTH = 4;
const MAX_FILES = 5_000;
const MAX_BYTES = 200_000;

const yamlFiles = (cwd: string, skip: string): string[] => {
  const files: string[] = [];
  const walk = (folder: string, depth: number): void => {
    if (depth > DEPTH || files.length >= MAX_FILES) return;
    let entries;
    try {
      entries = readdirSync(join(cwd, folder), { withFileTypes: true });
    } catch {
      // A folder that may not be read holds nothing for us.
      return;
    }
    for (const entry of entries) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!SKIPPED.has(entry.name) && path !== skip) walk(path, depth + 1);
      } else if (/\.ya?ml$/.test(entry.name)) files.push(path);
    }
  };
  walk('', 0);
  return files;
};

const textOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8').slice(0, MAX_BYTES);
  } catch {
    return '';
  }
};

const has = (text: string, key: string): boolean => new RegExp(`^${key}:`, 'm').test(text);

/** Looks through the YAML files of a repository, four folders deep and without the folder that `purser init` writes. */
export const findOthers = (cwd: string, own: string): Found => {
  const collectors: string[] = [];
  const grafana: string[] = [];
  const prometheus: string[] = [];
  for (const path of yamlFiles(cwd, own)) {
    const text = textOf(join(cwd, path));
    if (has(text, 'receivers') && has(text, 'exporters') && has(text, 'service')) collectors.push(path);
    else if (has(text, 'scrape_configs')) prometheus.push(path);
    else if (has(text, 'apiVersion') && has(text, 'providers') && /path:/.test(text)) grafana.push(path);
  }
  return { collectors, grafana, prometheus };
};
