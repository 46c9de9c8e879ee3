import { describe, expect, it } from 'vitest';
import type { Meter } from '../../../src/call/event.ts';
import { createRedactor } from '../../../src/redaction/redactor.ts';
import { anthropicKey, githubKey, letters } from './sample-keys.ts';

const recorder = () => {
  const seen: string[] = [];
  const meter: Meter = {
    add: (metric, value, attributes) => seen.push(`${metric} ${value} ${Object.values(attributes ?? {}).join(' ')}`),
    record: () => {},
    set: () => {},
  };
  return { seen, meter };
};

describe('modes', () => {
  const key = githubKey();
  it('off leaves a value as it is, drop removes it, redact marks the secret', () => {
    const redactor = createRedactor({ modes: { event: 'off', status: 'drop', attribute: 'redact' } });
    expect(redactor.text(key, 'event')).toBe(key);
    expect(redactor.text('anything', 'status')).toBe('');
    expect(redactor.value('anything', 'a', 'status')).toBeUndefined();
    expect(redactor.text(key, 'attribute')).toBe('[REDACTED:github-token]');
  });

  it('metadata-only removes content and redacts the rest', () => {
    const redactor = createRedactor({ modes: { content: 'metadata-only', attribute: 'metadata-only' } });
    expect(redactor.value('hello', 'gen_ai.input.messages', 'content')).toBeUndefined();
    expect(redactor.text(`a ${key}`, 'attribute')).toBe('a [REDACTED:github-token]');
  });

  it('hash gives the same digest for the same secret and key, and another for another key', () => {
    const one = createRedactor({ modes: { attribute: 'hash' }, hmacKey: 'k1' });
    const same = createRedactor({ modes: { attribute: 'hash' }, hmacKey: 'k1' });
    const other = createRedactor({ modes: { attribute: 'hash' }, hmacKey: 'k2' });
    const unkeyed = createRedactor({ modes: { attribute: 'hash' } });
    const out = one.text(`x ${key}`, 'attribute');
    expect(out).toMatch(/^x \[github-token:h_[0-9a-f]{20}\]$/);
    expect(same.text(`x ${key}`, 'attribute')).toBe(out);
    expect(other.text(`x ${key}`, 'attribute')).not.toBe(out);
    expect(unkeyed.text(`x ${key}`, 'attribute')).not.toBe(createRedactor({ modes: { attribute: 'hash' } }).text(`x ${key}`, 'attribute'));
    expect(one.text(out, 'attribute')).toBe(out);
  });

  it('detectors can be switched off', () => {
    const redactor = createRedactor({ detectors: { off: ['email'] } });
    expect(redactor.text(`a@example.com ${key}`, 'event')).toBe('a@example.com [REDACTED:github-token]');
  });
});

describe('values of any shape', () => {
  const redactor = createRedactor();
  it('are the same object when nothing had to go', () => {
    const value = { a: ['x', 1, { b: true }], n: null, when: new Date(0), error: new Error('plain'), map: new Map([['k', 'v']]), set: new Set(['x']) };
    expect(redactor.value(value, 'k', 'log_body')).toBe(value);
  });

  it('are cleaned in every string, name and pair', () => {
    const key = anthropicKey();
    const cleaned = redactor.value(
      { text: `use ${key}`, headers: { authorization: 'Bearer abc', cookie: ['a=b'] }, list: [{ name: 'x-api-key', value: 'plain' }], [key]: 1, user: 'jo' },
      'req',
      'log_body',
    );
    expect(cleaned).toEqual({
      text: 'use [REDACTED:anthropic-key]',
      headers: { authorization: '[REDACTED:secret-field]', cookie: ['[REDACTED:secret-field]'] },
      list: [{ name: 'x-api-key', value: '[REDACTED:secret-field]' }],
      '[REDACTED:anthropic-key]': 1,
      user: 'jo',
    });
  });

  it('keep what only sounds like a secret', () => {
    const value = {
      'gen_ai.usage.input_tokens': 5,
      max_tokens: '100',
      next_page_token: 'abc',
      'purser.budget.key': 'team-a',
      token_type: 'Bearer',
      key: 'v',
      public_key: 'pk',
    };
    expect(redactor.value(value, '', 'attribute')).toBe(value);
  });

  it('clean bytes and errors', () => {
    const key = githubKey();
    expect(Buffer.from(redactor.value(Buffer.from(`x ${key}`), 'b', 'log_body') as Uint8Array).toString()).toBe('x [REDACTED:github-token]');
    expect(JSON.stringify(redactor.value(new Error(`bad ${key}`), 'e', 'log_body'))).not.toContain(key);
  });

  it('are judged by their name and mode however often they were found clean', () => {
    const modes = createRedactor({ modes: { event: 'drop' } });
    const value = letters('alnum', 20, 17);
    for (let i = 0; i < 3; i++) {
      expect(modes.value(value, 'plain', 'attribute')).toBe(value);
      expect(modes.value([value], 'plain', 'attribute')).toEqual([value]);
      expect(modes.value(value, 'plain', 'event')).toBeUndefined();
      expect(modes.value(value, 'client_secret', 'attribute')).toBe('[REDACTED:secret-field]');
      expect(modes.value([value], 'client_secret', 'attribute')).toEqual(['[REDACTED:secret-field]']);
      expect(modes.value([value, anthropicKey()], 'plain', 'attribute')).toEqual([value, '[REDACTED:anthropic-key]']);
    }
    modes.learnSecret(value);
    expect(modes.value(value, 'plain', 'attribute')).toBe('[REDACTED:own-secret]');
    expect(modes.value([value], 'plain', 'attribute')).toEqual(['[REDACTED:own-secret]']);
  });

  it('fail closed when they are nested without end', () => {
    const { seen, meter } = recorder();
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    expect(createRedactor({ meter }).value(loop, 'k', 'log_body')).toBe('[REDACTED:failed]');
    expect(seen).toEqual(['purser.redaction.failures 1 log_body fault']);
  });
});

describe('a budget', () => {
  it('of findings drops the value when it is spent, and counts it', () => {
    const { seen, meter } = recorder();
    const redactor = createRedactor({ maxFindings: 3, meter });
    expect(redactor.text('a1@b.co a2@b.co a3@b.co a4@b.co', 'event')).toBe('[REDACTED:failed]');
    expect(seen).toEqual(['purser.redaction.failures 1 event findings']);
  });

  it('of time drops the value when it is spent', () => {
    const { seen, meter } = recorder();
    let nowMs = 0;
    const redactor = createRedactor({ budgetMs: 5, meter, clock: { nowMs: () => 0, monotonicMs: () => (nowMs += 10) } });
    expect(redactor.text(`${letters('alnum', 14)} `.repeat(5000), 'event')).toBe('[REDACTED:failed]');
    expect(seen).toEqual(['purser.redaction.failures 1 event time']);
  });

  it('of length cuts text between tokens and JSON without breaking it', () => {
    const redactor = createRedactor({ maxChars: 1000 });
    const text = `${'some words here '.repeat(60)}${githubKey()} tail ${'more '.repeat(100)}`;
    const out = redactor.text(text, 'event');
    expect(out.length).toBeLessThanOrEqual(1000);
    expect(out).toMatch(/\[\+\d+ characters\]$/);
    expect(out).not.toContain('ghp_');
    const json = JSON.stringify({ messages: Array.from({ length: 50 }, (_, i) => ({ role: 'user', content: `${i} ${'word '.repeat(50)}` })) });
    const shorter = redactor.text(json, 'event');
    expect(shorter.length).toBeLessThanOrEqual(1000);
    expect(() => JSON.parse(shorter) as unknown).not.toThrow();
  });

  it('a fault of a function of the user’s drops the value', () => {
    const redactor = createRedactor({
      finder: () => {
        throw new Error('no');
      },
    });
    expect(redactor.text('anything at all', 'event')).toBe('[REDACTED:failed]');
  });
});

describe('what is counted', () => {
  it('is each redaction by detector and place', () => {
    const { seen, meter } = recorder();
    createRedactor({ meter }).text(`${githubKey()} and a@example.com`, 'status');
    expect(seen).toEqual(['purser.redactions 1 github-token status', 'purser.redactions 1 email status']);
  });
});

describe('media', () => {
  it('becomes a note with kind, size and digest', () => {
    const png = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.from(letters('alnum', 3000))]).toString('base64');
    const redactor = createRedactor();
    expect(redactor.text(`data:image/png;base64,${png}`, 'event')).toMatch(/^\[image\/png 3008 B sha256:[0-9a-f]{12}\]$/);
    expect(redactor.text(`{"source":{"data":"${png}"}}`, 'event')).toMatch(/^\{"source":\{"data":"\[image\/png 3008 B sha256:[0-9a-f]{12}\]"\}\}$/);
  });
});

describe('find', () => {
  it('tells what and where in units of the input', () => {
    const key = githubKey();
    const text = `🔑 ${key} x`;
    expect(createRedactor().find(text)).toEqual([{ detector: 'github-token', start: 3, end: 3 + key.length }]);
  });
});
