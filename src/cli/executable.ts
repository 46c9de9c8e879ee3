import { accessSync, closeSync, constants, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { basename, delimiter, join, resolve } from 'node:path';

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
};

const HEAD_BYTES = 256;

const firstLine = (path: string): string => {
  const head = Buffer.alloc(HEAD_BYTES);
  const file = openSync(path, 'r');
  try {
    return head
      .toString('latin1', 0, readSync(file, head, 0, HEAD_BYTES, 0))
      .split('\n', 1)
      .join('');
  } finally {
    closeSync(file);
  }
};

const isNodeBinary = (path: string): boolean => /^node(?:js)?$/.test(basename(realpathSync(path))) && !firstLine(path).startsWith('#!');

const find = (command: string, searchPath: string, cwd: string): string | undefined => {
  if (command.includes('/')) return [resolve(cwd, command)].find(isExecutable);
  const folders = searchPath.split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(resolve(cwd, folder), command)).find(isExecutable);
};

// `#!/usr/bin/env node` or `#!/usr/bin/node`: the kernel starts these by itself.
const interpreterOf = (script: string, searchPath: string, cwd: string): string | undefined => {
  const [, interpreter = '', argument = ''] = /^#!\s*(\S+)(?:\s+(\S+))?\s*$/.exec(firstLine(script)) ?? [];
  if (!isExecutable(interpreter)) return undefined;
  return basename(interpreter) === 'env' ? find(argument, searchPath, cwd) : interpreter;
};

/**
 * Finds the file of a command as a shell would, and only when a Node binary runs it: `node` itself, or a script that
 * begins with `#!/usr/bin/env node`. `undefined` for anything else.
 */
export const nodeExecutable = (command: string, searchPath: string | undefined, cwd: string): string | undefined => {
  const file = find(command, searchPath ?? '', cwd);
  if (file === undefined || isNodeBinary(file)) return file;
  const interpreter = interpreterOf(file, searchPath ?? '', cwd);
  return interpreter !== undefined && isNodeBinary(interpreter) ? file : undefined;
};
