import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { STATUS_QUESTION, type StatusAnswer } from '../../../src/config/status-path.ts';
import { purser } from './purser.ts';

const root = mkdtempSync(join(tmpdir(), 'purser-status-'));
const folder = join(root, `purser-${process.getuid?.() ?? userInfo().username}`);
mkdirSync(folder);
const servers: Server[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => new Promise((done) => server.close(done)))));
afterAll(() => rmSync(root, { recursive: true }));

const answer: StatusAnswer = {
  pid: process.pid,
  version: '0.1.0',
  node: '24.21.0',
  service: 'shop',
  startedAtMs: Date.now() - 125_000,
  sections: { calls: { seen: 12, running: 1 }, exports: { dropped: 0 }, 'budget day': { spent: 1.25, limit: 20, unit: 'usd' } },
};

const serve = async (path: string, line: string): Promise<void> => {
  const server = createServer((socket) => socket.once('data', (data) => socket.end(data.toString() === STATUS_QUESTION ? line : 'what?\n')));
  servers.push(server);
  await new Promise<void>((done) => server.listen(path, done));
};

const status = (...args: readonly string[]) => purser(['status', ...args], { TMPDIR: root });

describe('purser status', () => {
  it('asks every running process of this user', async () => {
    await serve(join(folder, `${process.pid}.sock`), `${JSON.stringify(answer)}\n`);
    const { code, stdout, stderr } = await status();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(
      `process ${process.pid} (shop), Node 24.21.0, purser 0.1.0, up 2 min\n  calls       seen     12\n              running  1\n  exports     dropped  0\n  budget day  spent    $1.25\n              limit    $20\n              unit     usd\n`,
    );
    expect(JSON.parse((await status('--json')).stdout)).toEqual([answer]);
    expect((await status(String(process.pid))).stdout).toBe(stdout);
  });

  it('lets nothing steer the terminal that a server has said', async () => {
    const sections = { traces: { last_error: 'no\u001B]0;title\u0007\r\nway' } };
    await serve(join(folder, `${process.pid}.sock`), `${JSON.stringify({ ...answer, sections })}\n`);
    expect((await status()).stdout).toContain('\n  traces  last_error  no?]0;title???way\n');
  });

  it('asks the socket that the configuration names', async () => {
    const path = join(root, 'own.sock');
    await serve(path, `${JSON.stringify(answer)}\n`);
    expect((await purser(['status'], { TMPDIR: root, PURSER_STATUS_SOCKET: path })).stdout).toContain(`process ${process.pid} (shop)`);
  });

  it('says when nobody is there, and tidies up after the dead', async () => {
    // No process has this id: it is above what Linux hands out.
    const dead = join(folder, '4194399.sock');
    await serve(dead, '');
    expect(await status()).toMatchObject({ code: 1, stdout: '', stderr: 'purser status: no running process of this user has Purser in it.\n' });
    expect(existsSync(dead)).toBe(false);
    expect(await status('4194399')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^purser status: no process 4194399 of this user has Purser in it \(.*4194399\.sock\)\.\n$/) as string,
    });
  });

  it('is not confused by an answer that is none', async () => {
    await serve(join(folder, `${process.pid}.sock`), '{"pid":1}\n');
    expect(await status()).toMatchObject({ code: 1, stderr: expect.stringContaining('its answer is no status') as string });
  });
});
