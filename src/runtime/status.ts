import { chmodSync, lstatSync, unlinkSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { dirname } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { fault, guard, notice } from '../base/diag.ts';
import { makeFolder } from '../base/make-folder.ts';
import { STATUS_FOLDER_MODE, STATUS_SOCKET_MODE, statusPath, type StatusAnswer } from '../config/status-path.ts';

/** The number of the file of a Unix socket, which tells it from another one at the same path; `undefined` where there is none. */
const socketAt = (path: string): number | undefined => {
  if (path.startsWith('\\\\')) return undefined;
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isSocket() === true ? found.ino : undefined;
};

/** Asks whether a path that cannot be listened on is in use; a socket that nobody listens on any more is taken away. */
const whenTaken = (path: string, inUse: (yes: boolean) => void): void => {
  const found = socketAt(path);
  if (found === undefined) {
    inUse(true);
    return;
  }
  const probe = connect(path);
  probe.unref();
  probe.once('connect', () => {
    probe.destroy();
    inUse(true);
  });
  probe.once('error', (error: NodeJS.ErrnoException) => {
    const dead = error.code === 'ECONNREFUSED' && guard('status', () => socketAt(path)) === found;
    if (dead) guard('status', () => unlinkSync(path));
    inUse(!dead);
  });
};

/**
 * Answers `purser status` on a local socket that only the owner of this process can open. Where another process listens on `path`, as one
 * that handed its environment on does, it answers at the path of its own process. Never keeps the process alive, never throws.
 */
export const serveStatus = (path: string, answer: () => StatusAnswer): (() => void) => {
  if (!isMainThread) return () => undefined;
  let at = path;
  let own: number | undefined;
  let cleared = false;
  let stopped = false;
  const server = createServer((socket) => {
    socket.unref();
    socket.on('error', () => undefined);
    socket.on('data', () => guard('status', () => socket.write(`${JSON.stringify(answer())}\n`)));
  });
  const listen = (): void => {
    if (!at.startsWith('\\\\')) makeFolder(dirname(at), STATUS_FOLDER_MODE);
    // Not by way of a cluster's primary, which would hand one socket to all of its workers.
    server.listen({ path: at, exclusive: true });
    server.unref();
    if (!server.listening) return;
    own = socketAt(at);
    if (own !== undefined) chmodSync(at, STATUS_SOCKET_MODE);
  };
  const moveOn = (error: Error, inUse: boolean): void => {
    const fallback = statusPath(process.pid);
    if (inUse ? at === fallback : cleared) {
      fault('status', error);
      return;
    }
    cleared = !inUse;
    if (inUse) {
      notice('status_socket', `the status socket ${at} is in use by another process; this one answers "purser status ${process.pid}" at ${fallback}`);
      at = fallback;
    }
    listen();
  };
  server.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') fault('status', error);
    else guard('status', () => whenTaken(at, (inUse) => guard('status', () => (stopped ? undefined : moveOn(error, inUse)))));
  });
  guard('status', listen);
  const remove = (): void => {
    guard('status', () => {
      if (own !== undefined && socketAt(at) === own) unlinkSync(at);
    });
  };
  process.once('exit', remove);
  return () => {
    stopped = true;
    process.removeListener('exit', remove);
    server.close();
    remove();
  };
};
