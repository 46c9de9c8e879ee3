import { describe, expect, it } from 'vitest';
import { windowsOf } from '../../../src/redaction/engine/windows.ts';
import { createRedactor } from '../../../src/redaction/redactor.ts';
import { anthropicKey, letters } from './sample-keys.ts';

const words = 'The quick brown fox jumps over the lazy dog, and then some more of it.\n';
const filler = words.repeat(Math.ceil(260_000 / words.length));
const redactor = createRedactor({ maxChars: 1e6, budgetMs: 10_000 });

describe('a long text', () => {
  it('is cut into windows that cover it and share their edges', () => {
    const windows = windowsOf(filler) ?? [];
    expect(windows.length).toBeGreaterThan(2);
    expect(windows[0]?.start).toBe(0);
    expect(windows.at(-1)?.until).toBe(filler.length);
    for (const [i, window] of windows.entries()) {
      expect(window.from).toBe(i === 0 ? 0 : windows[i - 1]?.until);
      expect(filler.charAt(window.from - 1)).toMatch(i === 0 ? /^$/ : /\s/);
    }
  });

  it('loses a secret at any place, around every cut', () => {
    const key = anthropicKey(41);
    const places = (windowsOf(filler) ?? []).flatMap(({ start, end, from }) => [start, end, from].flatMap((at) => [at - 60, at - 1, at, at + 1, at + 40]));
    for (const at of new Set(places.filter((place) => place >= 0 && place <= filler.length))) {
      const text = `${filler.slice(0, at)} ${key} ${filler.slice(at)}`;
      expect(redactor.find(text)).toEqual([{ detector: 'anthropic-key', start: at + 1, end: at + 1 + key.length }]);
    }
  });

  it('loses a private key that is longer than the windows share', () => {
    const kind = ['RSA', 'PRIVATE', 'KEY'].join(' ');
    const body = Array.from({ length: 300 }, (_, i) => letters('alnum', 64, i + 1)).join('\n');
    const pem = `-----BEGIN ${kind}-----\n${body}\n-----END ${kind}-----`;
    const text = `${filler.slice(0, 48_000)}\n${pem}\n${filler.slice(48_000)}`;
    expect(redactor.find(text)).toEqual([{ detector: 'private-key', start: 48_001, end: 48_001 + pem.length }]);
  });

  it('without blanks is scanned in one piece', () => {
    const key = anthropicKey(42);
    const text = `${'ab.'.repeat(50_000)},${key},${'cd.'.repeat(50_000)}`;
    expect(windowsOf(text)).toBeUndefined();
    expect(redactor.text(text, 'event')).not.toContain(key.slice(30));
  });
});
