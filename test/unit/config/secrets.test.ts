import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/load.ts';
import { configSecrets, processSecrets } from '../../../src/config/secrets.ts';

const secret = (suffix: string): string => ['s3cr3t', 'Value', suffix].join('-');
const valuesOf = (env: Record<string, string>): readonly string[] => processSecrets(env).map(({ value }) => value);

describe('the secrets of the process', () => {
  it.each([
    'OPENAI_API_KEY',
    'AWS_SECRET_ACCESS_KEY',
    'AWS_ACCESS_KEY_ID',
    'GITHUB_TOKEN',
    'DB_PASSWORD',
    'SMTP_PASS',
    'SLACK_WEBHOOK_URL',
    'STRIPE_SECRET',
    'GH_PAT',
    'API_KEY_2',
    'npm_config_authToken',
    'clientSecret',
  ])('takes the value of %s', (name) => {
    expect(processSecrets({ [name]: secret(name) })).toEqual([{ name, value: secret(name) }]);
  });

  it.each([
    ['PWD', '/home/app/service'],
    ['SSH_AUTH_SOCK', '/tmp/ssh-agent/agent.1'],
    ['JWT_PUBLIC_KEY', 'public-half-of-a-pair'],
    ['TLS_KEY', '/etc/tls/private/server.key'],
    ['MAX_TOKENS', '100000000000'],
    ['ENABLE_AUTH', 'true'],
    ['PARTITION_KEY', 'tenant-and-region'],
    ['HOME', '/home/somebody-long'],
    ['npm_lifecycle_script', 'vitest run test/unit'],
    ['SHORT_TOKEN', 'abc123'],
    ['DB_PASSWORD', 'postgres'],
    ['DB_PASSWORD', 'Postgres'],
    ['REGION_KEY', 'eu-west-1'],
    ['CACHE_AUTH', 'redis:6379'],
    ['BUILD_TOKEN', '2026-11-21'],
    ['PIN_PASS', '12345678'],
    ['API_TOKENS', '1.25.3-11'],
    ['MODEL_KEY', 'claude-3'],
  ])('leaves %s alone', (name, value) => {
    expect(processSecrets({ [name]: value })).toEqual([]);
  });

  it.each(['Xk9-qW2z', 'k9Xq2Wz7Lp', 'k9Xq2Wz7Lp4', 'hunter2!x', 'tr0ub4dor'])('takes a short value that is no word and no number: %s', (value) => {
    expect(valuesOf({ DB_PASSWORD: value, DATABASE: `postgres://app:${value}@db/x` })).toEqual([value]);
  });

  it('finds passwords inside the addresses of any variable, plain and decoded', () => {
    expect(valuesOf({ DATABASE: 'postgres://app:pass%2Fword-long1@db:5432/x' })).toEqual(['pass%2Fword-long1', 'pass/word-long1']);
    expect(valuesOf({ REDIS: 'redis://:a-long-password@one:1,redis://:other-password@two:2' })).toEqual(['a-long-password', 'other-password']);
    expect(valuesOf({ HOOK: `https://example.com/x?token=${secret('query')}&page=1234567890123` })).toEqual([secret('query')]);
    expect(valuesOf({ BUS: `Endpoint=sb://bus.example.net/;SharedAccessKeyName=root;Shared_Access_Key=${secret('bus')}` })).toEqual([secret('bus')]);
  });

  it('takes each header of an exporter by itself, without its scheme', () => {
    expect(valuesOf({ OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${secret('otlp')},x-short=1` })).toEqual(
      expect.arrayContaining([secret('otlp'), `Bearer ${secret('otlp')}`]),
    );
    expect(valuesOf({ OTEL_EXPORTER_OTLP_HEADERS: 'x-scope=team7-eu1,x-token=k9Xq2Wz7Lp' })).toEqual(['k9Xq2Wz7Lp']);
  });

  it('finds the members of a service account', () => {
    expect(valuesOf({ ACCOUNT: JSON.stringify({ type: 'service_account', private_key: secret('pem'), client_id: '123456789012345' }) })).toEqual([
      secret('pem'),
    ]);
  });

  it('takes time linear in the length of a variable', () => {
    const start = performance.now();
    processSecrets({ A: 'a'.repeat(100_000), B: '://'.repeat(30_000), C: `/${'a/'.repeat(50_000)}`, D_KEY: `/${'Aa'.repeat(50_000)}` });
    expect(performance.now() - start).toBeLessThan(500);
  });

  it('takes the secret options of the configuration, and what files brought in', () => {
    const files = new Map([
      ['/app/purser.config.yaml', `store:\n  url: redis://:${secret('store')}@host\nalerts:\n  channels: [{kind: slack, url: "\${file:hook}"}]\n`],
      ['/app/hook', `${secret('hook')}\n`],
    ]);
    const access = {
      isFile: (path: string) => files.has(path),
      isOpenToAll: () => false,
      read: (path: string) => files.get(path) ?? '',
    };
    const loaded = loadConfig({ env: { PURSER_OTLP_HEADERS: `k=${secret('header')}` }, cwd: '/app', files: access });
    expect(loaded.problems).toEqual([]);
    expect(configSecrets(loaded).map(({ value }) => value)).toEqual(expect.arrayContaining([secret('store'), secret('hook'), secret('header')]));
  });
});
