import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../../src/redaction/redactor.ts';
import { letters } from './sample-keys.ts';

const redactor = createRedactor({ modes: { content: 'redact' } });
const random = letters('alnum', 30, 41);
const clean = (value: unknown): unknown => redactor.value(value, 'gen_ai.tool.call.arguments', 'content');
const visa = 4_111_111_111_111_111;

describe('the name beside a value in a structure', () => {
  it.each([
    'token',
    'key',
    'pass',
    'db_pass',
    'dbPassword',
    'github_token',
    'slack_token',
    'botToken',
    'stripe_key',
    'openai_key',
    'anthropicKey',
    'auth_key',
    'hmac_key',
    'sas_token',
    'x-vault-token',
    'private-token',
    'license_key',
    'otp',
    'mnemonic',
    'purser.tag.github_token',
  ])('says as much as in a text: %s', (name) => {
    expect(redactor.text(JSON.stringify({ [name]: random }), 'content')).not.toContain(random);
    expect(JSON.stringify(clean({ [name]: random }))).not.toContain(random);
    expect(JSON.stringify(clean({ [name]: [random] }))).not.toContain(random);
    for (let i = 0; i < 2; i++) expect(redactor.value(random, name, 'attribute')).not.toContain(random);
  });

  it('leaves a value that does not look like a secret, and the random value of another name', () => {
    const value = {
      token: 'next',
      key: 'team-a',
      db_pass: 'required',
      next_page_token: random,
      'gen_ai.token.type': 'input',
      'purser.budget.key': random,
      public_key: random,
      id: random,
    };
    expect(clean(value)).toBe(value);
    for (const [name, text] of Object.entries(value)) expect(redactor.value(text, name, 'attribute')).toBe(text);
  });

  it('is remembered together with the value, not with the value alone', () => {
    for (let i = 0; i < 2; i++) {
      expect(redactor.value(random, 'note', 'attribute')).toBe(random);
      expect(redactor.value(random, 'bot_token', 'attribute')).toBe('[REDACTED:named-secret]');
      expect(clean({ note: random, bot_token: random })).toEqual({ note: random, bot_token: '[REDACTED:named-secret]' });
    }
  });

  it('leaves what stands around the secret, and a secret with quotes in it does not end early', () => {
    expect(redactor.value(`${random} and more`, 'token', 'attribute')).toBe('[REDACTED:named-secret] and more');
    expect(redactor.value('tr0ub"4dor&3', 'db_pass', 'attribute')).toBe('[REDACTED:password]');
  });

  it('is cleaned twice the same way', () => {
    const once = clean({ token: random, deep: [{ pass: 'tr0ub4dor&3' }] });
    expect(clean(once)).toEqual(once);
  });
});

describe('numbers', () => {
  it('that are cards, passwords or named social security numbers go', () => {
    expect(clean({ card_number: visa, ssn: 536_228_713, password: 73_518_264, list: [visa, 7] })).toEqual({
      card_number: '[REDACTED:credit-card]',
      ssn: '[REDACTED:us-ssn]',
      password: '[REDACTED:secret-field]',
      list: ['[REDACTED:credit-card]', 7],
    });
    expect(redactor.value(visa, 'card', 'attribute')).toBe('[REDACTED:credit-card]');
    expect(redactor.value([visa], 'card', 'attribute')).toEqual(['[REDACTED:credit-card]']);
  });

  it('that are none stay numbers', () => {
    const value = {
      id: 536_228_713,
      at: 1_790_351_236_123,
      us: 1_790_351_236_123_456,
      size: 987_654_321,
      max_tokens: 1_000_000,
      ratio: 123_456_789.5,
      key: 12,
    };
    expect(clean(value)).toBe(value);
  });
});

describe('pairs', () => {
  it.each([
    [{ k: 'api_key', v: 'plain' }],
    [{ Name: 'password', Value: 'plain' }],
    [{ Key: 'password', Value: 'plain' }],
    [{ name: 'DB_PASSWORD', value: 'plain' }],
    [{ key: 'authorization', value: 'plain' }],
    [[['authorization', 'plain']]],
    [
      [
        ['accept', 'json'],
        ['x-api-key', 'plain'],
      ],
    ],
    [['run', '--password', 'plain']],
    [['--api-key', 'plain', '--verbose']],
  ])('name the value: %j', (pair) => {
    expect(JSON.stringify(clean(pair))).toBe(JSON.stringify(pair).replace('plain', '[REDACTED:secret-field]'));
  });

  it.each([[{ name: 'deploy_token', value: random }], [['x-vault-token', random]], [['--token', random]], [['authorization', `Bearer ${random}`]]])(
    'name a value that looks like a secret: %j',
    (pair) => {
      expect(JSON.stringify(clean(pair))).not.toContain(random);
      expect(JSON.stringify(redactor.value(pair, 'process.args', 'attribute'))).not.toContain(random);
    },
  );

  it('are not seen in lists of names', () => {
    const value = {
      required: ['api_key', 'query'],
      fields: ['password', 'email', 'token', 'address2'],
      flags: ['--password', '--verbose'],
      enum: ['token', random.slice(0, 6)],
    };
    expect(clean(value)).toBe(value);
  });
});
