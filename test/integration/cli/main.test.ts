import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../src/cli/commands.ts';
import { ended, purser, start } from './purser.ts';

describe('purser', () => {
  it('lists every command', async () => {
    const { code, stdout, stderr } = await purser(['help']);
    expect(code).toBe(0);
    expect(stderr).toBe('');
    for (const { usage, summary } of Object.values(COMMANDS))
      expect(stdout).toMatch(new RegExp(`purser ${usage.replace(/[[\]|.]/g, '\\$&')} +${summary.replace(/[.()]/g, '\\$&')}`));
    expect((await purser([])).stdout).toBe(stdout);
    expect((await purser(['--help'])).stdout).toBe(stdout);
  });

  it.each(['--version', '-v', 'version'])('%s prints the version of the package', async (flag) => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(await purser([flag])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('answers an unknown command with the nearest one', async () => {
    expect(await purser(['docter'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: 'purser: there is no command "docter". Did you mean "doctor"? See "purser help".\n',
    });
    expect((await purser(['__proto__'])).code).toBe(2);
  });

  it('answers wrong use of a command in words', async () => {
    const { code, stderr } = await purser(['doctor', '--jsn']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^purser doctor: the command line is --jsn, wanted .+\n$/);
  });

  it.each(['run', 'config', 'doctor', 'status', 'prices', 'cost', 'reprice', 'reconcile', 'redact'])('explains %s', async (name) => {
    const { code, stdout, stderr } = await purser(['help', name]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`purser ${name} `);
  });

  it('hands standard input to a command that reads it', async () => {
    const child = start(['redact']);
    child.stdin?.end('write to somebody@example.com\n');
    expect(await ended(child)).toMatchObject({ code: 0, stdout: expect.not.stringContaining('somebody@example.com') as string });
  });

  it('explains one command', async () => {
    expect(await purser(['config', '--help'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^purser config /) as string });
  });
});
