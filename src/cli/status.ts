import { readdirSync, unlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { isAlive } from '../base/is-alive.ts';
import { loadConfig } from '../config/load.ts';
import { pidOfSocket, STATUS_QUESTION, statusFolder, statusPath, type StatusAnswer } from '../config/status-path.ts';
import { readArguments, wrongArguments } from './arguments.ts';
import type { Io } from './io.ts';
import { columns } from './table.ts';

const TIMEOUT_MS = 1_000;
const LONGEST_ANSWER = 1_000_000;

type Reply = { readonly kind: 'answer'; readonly answer: StatusAnswer } | { readonly kind: 'silent'; readonly reason: string };

/** What connecting to a socket says that does not exist. */
const NO_SOCKET = 'ENOENT';

const isAnswer = (value: unknown): value is StatusAnswer =>
  typeof value === 'object' && value !== null && 'pid' in value && 'sections' in value && typeof value.sections === 'object' && value.sections !== null;

const read = (line: string): Reply => {
  try {
    const answer: unknown = JSON.parse(line);
    return isAnswer(answer) ? { kind: 'answer', answer } : { kind: 'silent', reason: 'its answer is no status' };
  } catch {
    return { kind: 'silent', reason: 'its answer is not JSON' };
  }
};

const ask = (path: string): Promise<Reply> =>
  new Promise((resolve) => {
    const socket = connect(path);
    let heard = '';
    const end = (reply: Reply): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(reply);
    };
    const timer = setTimeout(() => end({ kind: 'silent', reason: `no answer within ${TIMEOUT_MS} ms` }), TIMEOUT_MS);
    socket.setEncoding('utf8');
    socket.once('error', (error: NodeJS.ErrnoException) => end({ kind: 'silent', reason: error.code ?? 'the connection failed' }));
    socket.once('close', () => end({ kind: 'silent', reason: 'it hung up' }));
    socket.on('data', (text: string) => {
      heard += text;
      const line = heard.indexOf('\n');
      if (line >= 0) end(read(heard.slice(0, line)));
      else if (heard.length > LONGEST_ANSWER) end({ kind: 'silent', reason: 'its answer has no end' });
    });
    socket.write(STATUS_QUESTION);
  });

// A process that was killed leaves its socket behind.
const forgetDead = (file: string): boolean => {
  const pid = pidOfSocket(file);
  if (pid === undefined || isAlive(pid)) return false;
  try {
    unlinkSync(join(statusFolder(), file));
  } catch {
    // Somebody else has tidied it up.
  }
  return true;
};

const running = (): readonly string[] => {
  try {
    return readdirSync(statusFolder())
      .filter((file) => pidOfSocket(file) !== undefined && !forgetDead(file))
      .map((file) => join(statusFolder(), file));
  } catch {
    return [];
  }
};

const since = (ms: number): string => {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  return seconds < 3_600 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`;
};

type Facts = StatusAnswer['sections'][string];

const shown = ({ unit }: Facts, value: Facts[string]): string => (unit === 'usd' && typeof value === 'number' ? `$${value}` : String(value));

const asText = ({ pid, version, node, service, startedAtMs, sections }: StatusAnswer): string => {
  const head = `process ${pid}${service === undefined ? '' : ` (${service})`}, Node ${node}, purser ${version}, up ${since(Date.now() - startedAtMs)}\n`;
  const rows = Object.entries(sections).flatMap(([section, facts]) =>
    Object.entries(facts).map(([name, value], at) => [at === 0 ? `  ${section}` : '', name, shown(facts, value)]),
  );
  return `${head}${columns(rows)}`;
};

const parse = (args: readonly string[]): { readonly pid: number | undefined; readonly json: boolean } => {
  const { values, positionals } = readArguments('status', args, { json: { type: 'boolean' } });
  const [pid, ...further] = positionals;
  if (further.length > 0 || (pid !== undefined && !/^\d{1,10}$/.test(pid))) throw wrongArguments('status', args, 'the number of one process');
  return { pid: pid === undefined ? undefined : Number(pid), json: values.json === true };
};

const socketsOf = (pid: number | undefined, io: Io): readonly string[] => {
  if (pid !== undefined) return [statusPath(pid)];
  const { socket } = loadConfig({ env: io.env, cwd: io.cwd }).config.status;
  return socket === undefined ? running() : [socket];
};

/** `purser status [PID]`: asks the running processes of this user what they have seen. Exit code 1 when none answers. */
export const run = async (args: readonly string[], io: Io): Promise<number> => {
  const { pid, json } = parse(args);
  const sockets = socketsOf(pid, io);
  const replies = await Promise.all(sockets.map(async (path) => ({ path, reply: await ask(path) })));
  const answers = replies.flatMap(({ reply }) => (reply.kind === 'answer' ? [reply.answer] : []));
  if (json) io.stdout.write(`${JSON.stringify(answers, null, 2)}\n`);
  else io.stdout.write(answers.map(asText).join('\n'));
  for (const { path, reply } of replies) {
    if (reply.kind !== 'silent') continue;
    const missing = reply.reason === NO_SOCKET && pid !== undefined;
    io.stderr.write(
      `purser status: ${missing ? `no process ${pid} of this user has Purser in it` : `${path} does not answer`} (${missing ? path : reply.reason}).\n`,
    );
  }
  if (replies.length === 0) io.stderr.write('purser status: no running process of this user has Purser in it.\n');
  return answers.length > 0 ? 0 : 1;
};
