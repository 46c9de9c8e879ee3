import { chmodSync, unlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { fault, guard } from '../base/diag.ts';
import { makeFolder } from '../base/make-folder.ts';
import { STATUS_FOLDER_MODE, STATUS_SOCKET_MODE, type StatusAnswer } from '../config/status-path.ts';

/** Answers `purser status` on a local socket that only the owner of this process can open. Never keeps the process alive, never throws. */
export const serveStatus = (path: string, answer: () => StatusAnswer): (() => void) => {
  if (!isMainThread) return () => undefined;
  const server = createServer((socket) => {
    socket.unref();
    socket.on('error', () => undefined);
    socket.on('data', () => guard('status', () => socket.write(`${JSON.stringify(answer())}\n`)));
  });
  server.on('error', (error) => fault('status', error));
  const isFile = !path.startsWith('\\\\');
  guard('status', () => {
    if (isFile) makeFolder(dirname(path), STATUS_FOLDER_MODE);
    server.listen(path, () => {
      if (isFile) guard('status', () => chmodSync(path, STATUS_SOCKET_MODE));
    });
    server.unref();
  });
  const remove = (): void => {
    if (isFile) guard('status', () => unlinkSync(path));
  };
  process.once('exit', remove);
  return () => {
    process.removeListener('exit', remove);
    server.close();
    remove();
  };
};
