import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

// The user is in the name: two users of one host must not meet in one folder.
const owner = (): string => {
  try {
    return String(process.getuid?.() ?? userInfo().username.replace(/\W/g, '_'));
  } catch {
    return 'user';
  }
};

/** The folder that holds the status sockets of this user's processes; made with mode 0700. On Windows, where sockets are named pipes, there is none. */
export const statusFolder = (): string => join(tmpdir(), `purser-${owner()}`);

/** The rights of a status socket: its owner alone. */
export const STATUS_SOCKET_MODE = 0o600;

/** The rights of the folder of status sockets. */
export const STATUS_FOLDER_MODE = 0o700;

const PIPE = '\\\\.\\pipe\\purser-';

/** Where the process `pid` answers `purser status`: a Unix socket of mode 0600, or a named pipe on Windows. One JSON object on one line is its answer to each line that it is sent. */
export const statusPath = (pid: number): string => (process.platform === 'win32' ? `${PIPE}${pid}` : join(statusFolder(), `${pid}.sock`));

/** The process that a status socket belongs to, or `undefined` for a file that is none. */
export const pidOfSocket = (file: string): number | undefined => {
  const pid = /^(\d+)\.sock$/.exec(file)?.[1];
  return pid === undefined ? undefined : Number(pid);
};

/** The line that asks a process for its status. */
export const STATUS_QUESTION = '{"ask":"status"}\n';

/** What a process answers to `STATUS_QUESTION`, as JSON on one line. */
export interface StatusAnswer {
  readonly pid: number;
  /** The version of Purser. */
  readonly version: string;
  /** The version of Node without its `v`. */
  readonly node: string;
  readonly service: string | undefined;
  /** When Purser was started, in milliseconds since the epoch. */
  readonly startedAtMs: number;
  /** What it has seen, by section and name, such as `calls: { seen: 12, running: 1 }`; free of secrets. */
  readonly sections: Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>>;
}
