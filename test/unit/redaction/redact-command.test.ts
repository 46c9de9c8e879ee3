import { describe, expect, it } from 'vitest';
import { run } from '../../../src/cli/redact.ts';
import { githubKey } from './sample-keys.ts';
import { jsonLines } from '../../support/json-lines.ts';

const call = async (args: readonly string[], ...chunks: readonly (string | Uint8Array)[]) => {
  let out = '';
  let err = '';
  const stdin = (async function* () {
    for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
  })();
  const code = await run(args, { stdout: (text) => void (out += text), stderr: (text) => void (err += text), cwd: '/', stdin });
  return { code, out, err };
};
const key = githubKey(5);

describe('purser redact', () => {
  it('writes the text with marks', async () => {
    expect(await call([], `a ${key}\n`, 'b')).toEqual({ code: 0, out: 'a [REDACTED:github-token]\nb', err: '' });
  });

  it('explains what it found, with line and column', async () => {
    const { out } = await call(['--explain'], `first\n  ${key} x\nmail a@example.com`);
    expect(out).toBe('2:3  github-token  40 characters: GitHub token, known by its first letters\n3:6  email  13 characters: an e-mail address\n2 found\n');
  });

  it('reads and writes lines, with offsets in UTF-16 units, over any cut of the input', async () => {
    const input = Buffer.from(`${JSON.stringify({ id: 'a', text: `🔑 ${key}` })}\n${JSON.stringify({ id: 2, text: 'nothing' })}\n`);
    const { code, out } = await call(['--jsonl'], input.subarray(0, 21), input.subarray(21, 22), input.subarray(22));
    expect(code).toBe(0);
    expect(jsonLines(out)).toEqual([
      { id: 'a', redacted: '🔑 [REDACTED:github-token]', findings: [{ detector: 'github-token', start: 3, end: 43 }] },
      { id: 2, redacted: 'nothing', findings: [] },
    ]);
  });

  it('says which line it could not read, goes on, and ends with 1', async () => {
    const { code, out, err } = await call(['--jsonl'], 'nope\n{"id":1,"text":"x"}\n');
    expect(code).toBe(1);
    expect(err).toContain('line 1');
    expect(out).toContain('"id":1');
  });

  it('turns nothing on or off that is no detector: what it should mark would go out as it is', async () => {
    await expect(call(['--on', 'phon'], 'call +49 30 901820')).rejects.toThrow('--on is phon, wanted phone');
    await expect(call(['--off', 'email,nothing-like-it'])).rejects.toThrow('--off is nothing-like-it, wanted ');
  });

  it('turns detectors on and off, hashes, and says how it is used', async () => {
    expect((await call(['--off', 'github-token'], key)).out).toBe(key);
    expect((await call(['--on', 'phone'], 'call +49 30 901820')).out).toBe('call [REDACTED:phone]');
    expect((await call(['--hash'], key)).out).toMatch(/^\[github-token:h_[0-9a-f]{20}\]$/);
    expect((await call(['--help'])).out).toContain('Usage: purser redact');
    expect((await call(['--nope'])).code).toBe(2);
  });
});
