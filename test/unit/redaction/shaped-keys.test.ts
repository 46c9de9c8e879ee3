import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../../src/redaction/redactor.ts';
import { letters } from './sample-keys.ts';

const redactor = createRedactor();
const clean = (text: string): string => redactor.text(text, 'event');
const b64 = (text: string): string => Buffer.from(text).toString('base64').replace(/=+$/, '');
const hex = (length: number, seed: number): string => letters('hex', length, seed);
const uuid = [hex(8, 1), hex(4, 2), hex(4, 3), hex(4, 4), hex(12, 5)].join('-');

const KEYS: readonly (readonly [detector: string, key: string])[] = [
  ['discord-token', `${b64('102938475610293847')}.G${letters('alnum', 5, 3)}.${letters('alnum', 30, 4)}7q`],
  ['zhipu-key', `${hex(32, 6)}.${letters('alnum', 12, 7)}aB3d`],
  ['fal-key', `${uuid}:${hex(32, 8)}`],
  ['mailgun-key', `${hex(32, 9)}-${hex(8, 10)}-${hex(8, 11)}`],
  ['firebase-server-key', `AAAA${letters('alnum', 7, 2)}:APA91b${letters('alnum', 134, 3)}`],
  ['braintree-token', ['access_token', 'production', letters('hex', 16, 2), hex(32, 3)].join('$')],
  ['atlassian-token', `${b64('123456789012:')}${letters('alnum', 27, 5)}`],
  ['azure-key', `${letters('alnum', 76, 6)}+ASt${letters('alnum', 5, 7)}Q==`],
  ['azure-key', `${letters('alnum', 42, 8)}AzSe${letters('alnum', 6, 9)}`],
  ['azure-key', `${letters('alnum', 76, 4)}AZDO${letters('alnum', 4, 5)}`],
  ['password-hash', `$2b$12$${letters('alnum', 53, 2)}`],
  ['password-hash', `$6$${letters('alnum', 8, 3)}$${letters('alnum', 86, 4)}`],
  ['password-hash', `$argon2id$v=19$m=65536,t=3,p=4$${letters('alnum', 22, 5)}$${letters('alnum', 43, 6)}`],
  ['password-hash', `$apr1$${letters('alnum', 8, 3)}$${letters('alnum', 22, 4)}`],
  ['password-hash', `$y$j9T$${letters('alnum', 22, 3)}$${letters('alnum', 43, 4)}`],
  ['sentry-token', `sntrys_${letters('alnum', 60, 2)}==_${letters('alnum', 43, 3)}`],
];

describe('a key that is known by its shape', () => {
  it.each(KEYS)('%s is found in prose, JSON and lists', (detector, key) => {
    const mark = `[REDACTED:${detector}]`;
    expect(clean(`it says ${key} there`)).toBe(`it says ${mark} there`);
    expect(clean(JSON.stringify({ a: key }))).toBe(`{"a":"${mark}"}`);
    expect(clean(`- ${key}\n- x`)).toBe(`- ${mark}\n- x`);
    expect(clean(key)).toBe(mark);
  });

  it.each([
    ['an identifier with a version', 'MyModule.v1.0123456.ReleaseCandidate2026'],
    ['a digest in a file name', `${hex(32, 2)}.stylesheet`],
    ['two identifiers', `${uuid}:${hex(16, 3)}`],
    ['a digest and a part of it', `${hex(40, 2)}-${hex(8, 3)}`],
    ['base64 without a signature', `${letters('alnum', 86, 6)}==`],
    ['dollars and digits', 'costs $2, then $5$ and $6$ more'],
    ['a price', '$1$'],
  ])('%s stays', (_, text) => {
    expect(clean(text)).toBe(text);
  });
});

describe('an address that is a secret itself', () => {
  const id = letters('alnum', 32, 4).toLowerCase();
  it.each([
    `https://acme.webhook.office.com/webhookb2/${uuid}@${uuid}/IncomingWebhook/${id}/${uuid}`,
    `https://discord.com/api/v10/webhooks/123456789012345678/${letters('alnum', 60, 3)}`,
    `https://hooks.zapier.com/hooks/catch/12345678/${id.slice(0, 8)}/`,
    `https://hook.eu2.make.com/${id}`,
    `https://mainnet.infura.io/v3/${hex(32, 3)}`,
    `https://chat.example.com/hooks/${id.slice(0, 26)}`,
    `https://prod-1.westus.logic.azure.com/workflows/${id}/triggers/manual/paths/invoke?api-version=1&sig=${id}`,
    'jdbc:sqlserver://db.example.com:1433;databaseName=x;user=sa;password=hunter22!',
  ])('%s is found', (address) => {
    expect(clean(`post to ${address} now`)).toBe('post to [REDACTED:secret-address] now');
  });

  it('is a DSN of Sentry as a whole, and a shared access signature with its parameters', () => {
    expect(clean(`SENTRY_DSN=https://${hex(32, 2)}@o1.ingest.sentry.io/42`)).toBe('SENTRY_DSN=[REDACTED:sentry-dsn]');
    const signature = `sv=2022-11-02&st=2026-11-20T07%3A24%3A52Z&se=2026-11-21T15%3A24%3A52Z&sr=c&sp=r&sig=${letters('alnum', 43, 2)}%3D`;
    expect(clean(`GET https://a.blob.core.windows.net/b?${signature} 200`)).toBe('GET https://a.blob.core.windows.net/b?[REDACTED:url-query] 200');
  });

  it.each([
    'https://discord.com/developers/docs/resources/webhook',
    'https://www.make.com/en/help',
    'https://example.com/hooks/catch/readme',
    'jdbc:postgresql://localhost:5432/postgres',
    'https://infura.io/v3/docs',
  ])('%s is none', (address) => {
    expect(clean(address)).toBe(address);
  });
});
