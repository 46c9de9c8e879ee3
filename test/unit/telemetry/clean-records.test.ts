import { describe, expect, it } from 'vitest';
import type { ExportAttributes } from '../../../src/call/export.ts';
import { createRedactor } from '../../../src/redaction/redactor.ts';
import { RecordCleaner } from '../../../src/telemetry/clean-records.ts';

const cleaner = (modes = {}): RecordCleaner => new RecordCleaner(createRedactor({ modes: { content: 'redact', ...modes } }));
const clean = (attributes: ExportAttributes, by = cleaner()): ExportAttributes => by.attributes(attributes, 'attribute');
const random = ['x3i0TwAp6W', 'lTQb8tAgnfAs', 'OJyz97UC'].join('');

describe('attributes that leave', () => {
  it('have names of tags without personal data and secrets, batch after batch', () => {
    const by = cleaner();
    for (let i = 0; i < 3; i++) {
      by.startBatch();
      expect(clean({ 'purser.tag.jane.doe@example.com': 'on', 'purser.tag.tier': 'gold' }, by)).toEqual({
        'purser.tag.[REDACTED:email]': 'on',
        'purser.tag.tier': 'gold',
      });
    }
  });

  it('have names of tags without a secret that was learnt since', () => {
    const redactor = createRedactor();
    const by = new RecordCleaner(redactor);
    by.startBatch();
    expect(clean({ [`purser.tag.${random}`]: 'on' }, by)).toEqual({ [`purser.tag.${random}`]: 'on' });
    redactor.learnSecret(random);
    by.startBatch();
    expect(clean({ [`purser.tag.${random}`]: 'on' }, by)).toEqual({ 'purser.tag.[REDACTED:own-secret]': 'on' });
  });

  it('have tags without secrets that only their name betrays', () => {
    expect(clean({ 'purser.tag.github_token': random })).toEqual({ 'purser.tag.github_token': '[REDACTED:named-secret]' });
  });

  it('have large whole numbers of JavaScript in content as texts, which can be written, and none that is a card', () => {
    const content = [{ role: 'user', parts: [{ type: 'tool_call', arguments: { count: 2n ** 64n, card: 4_111_111_111_111_111n } }] }];
    expect(clean({ 'gen_ai.input.messages': content as unknown as ExportAttributes[string] })).toEqual({
      'gen_ai.input.messages': [{ role: 'user', parts: [{ type: 'tool_call', arguments: { count: '18446744073709551616', card: '[REDACTED:credit-card]' } }] }],
    });
  });

  it('have no secret in what has no price, which holds words of the provider', () => {
    expect(clean({ 'purser.cost.unpriced': ['inputTokens', 'serviceTier:jane.doe@example.com'] })).toEqual({
      'purser.cost.unpriced': ['inputTokens', 'serviceTier:[REDACTED:email]'],
    });
  });

  it('have no card as a number, and all other numbers in every mode', () => {
    expect(clean({ 'purser.event.card': 4_111_111_111_111_111, 'purser.event.size': 987_654_321 })).toEqual({
      'purser.event.card': '[REDACTED:credit-card]',
      'purser.event.size': 987_654_321,
    });
    expect(clean({ 'purser.event.size': 987_654_321 }, cleaner({ attribute: 'drop' }))).toEqual({ 'purser.event.size': 987_654_321 });
  });

  it('are the same record when there is nothing to clean', () => {
    const attributes = { 'gen_ai.request.model': 'gpt-5', 'purser.tag.tier': 'gold', 'purser.cost.unpriced': ['inputTokens'], n: 1_000_000, b: true };
    expect(clean(attributes)).toBe(attributes);
  });
});
