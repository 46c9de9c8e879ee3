import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../../src/redaction/redactor.ts';
import { letters } from './sample-keys.ts';

const redactor = createRedactor();
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const clean = (text: string): string => redactor.text(text, 'event');

describe('what surrounds a value tells that it is a secret', () => {
  const random = letters('alnum', 32, 5);
  it.each([
    ['an assignment', `DATADOG_API_KEY=${random}`, 'DATADOG_API_KEY=[REDACTED:named-secret]'],
    ['a member of JSON', `{"clientSecret": "${random}"}`, '{"clientSecret": "[REDACTED:named-secret]"}'],
    ['JSON in JSON', `{\\"token\\":\\"${random}\\"}`, '{\\"token\\":\\"[REDACTED:named-secret]\\"}'],
    ['XML', `<adminToken>\n  ${random}\n</adminToken>`, '<adminToken>\n  [REDACTED:named-secret]\n</adminToken>'],
    ['an argument', `setProperty("API_TOKEN", "${random}")`, 'setProperty("API_TOKEN", "[REDACTED:named-secret]")'],
    ['a scheme', `authorization: Bearer ${random}`, 'authorization: Bearer [REDACTED:authorization]'],
    ['a sentence', `the api token is ${random}, thanks`, 'the api token is [REDACTED:named-secret], thanks'],
    ['a flag', `--auth-token ${random}`, '--auth-token [REDACTED:named-secret]'],
    ['a database address', 'DATABASE_URL=postgres://app:hunter22@db.internal:5432/prod?sslmode=require', 'DATABASE_URL=[REDACTED:url-credentials]'],
    ['a web address', 'GET https://bob:hunter22@example.com/path', 'GET [REDACTED:url-credentials]/path'],
    ['a query', 'GET https://maps.example.com/api?q=x&api_key=abcd1234&page=2', 'GET https://maps.example.com/api?q=x&api_key=[REDACTED:url-query]&page=2'],
    ['a query alone', 'key=a1b2c3d4e5&alt=json&sig=f0e9d8c7b6', 'key=[REDACTED:url-query]&alt=json&sig=[REDACTED:url-query]'],
    [
      'a signed address',
      'https://s3.example.com/a?X-Amz-Signature=0a1b2c3d4e5f&X-Amz-Date=20261120',
      'https://s3.example.com/a?X-Amz-Signature=[REDACTED:url-query]&X-Amz-Date=20261120',
    ],
    ['a password', 'password: "tr0ub4dor&3"', 'password: "[REDACTED:password]"'],
    ['a connection string', 'Server=db;Password=hunter2!x;Timeout=5', 'Server=db;Password=[REDACTED:password];Timeout=5'],
    ['a curl command', 'curl -u admin:hunter2222 https://example.com', 'curl -u [REDACTED:curl-user] https://example.com'],
  ])('%s', (_, text, wanted) => {
    expect(clean(text)).toBe(wanted);
  });

  it('takes private keys in PEM whole, cut off, and on one line', () => {
    const body = Array.from({ length: 4 }, (_, i) => letters('alnum', 64, i + 1));
    const kind = ['RSA', 'PRIVATE', 'KEY'].join(' ');
    const begin = `-----BEGIN ${kind}-----`;
    const end = `-----END ${kind}-----`;
    expect(clean(`a\n${begin}\n${body.join('\n')}\n${end}\nb`)).toBe('a\n[REDACTED:private-key]\nb');
    expect(clean(`a\n${begin}\n${body.join('\n')}\nthanks a lot`)).toBe('a\n[REDACTED:private-key]\nthanks a lot');
    expect(clean(`{"private_key":"${begin}\\n${body.join('\\n')}\\n${end}\\n"}`)).toBe('{"private_key":"[REDACTED:private-key]\\n"}');
  });

  it('finds JSON Web Tokens', () => {
    const token = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: '1893804216', iat: 1790351236 })}.${letters('token', 43)}`;
    expect(clean(`invalid: ${token}. Sign in`)).toBe('invalid: [REDACTED:jwt]. Sign in');
  });
});

describe('what is no secret comes back as it is', () => {
  it.each([
    'const tokenCount = maxTokens - promptTokens; apiKeyPath = config.get("apiKeyPath"); secretName: my-k8s-secret; passwordField.value = "";',
    'traceparent: 00-06ac4f65bfb5e3eb2a51a86cb6b81c9d-f9f4afff255a7014-01 trace_id=5741e33fe9654b870f454d0af107583c',
    '{"request_id":"6a0d2b6b-ee93-4f0a-bd39-9ae57d2169fb","conversationId":"8616f711-793f-4050-9712-9038c81ae70e"}',
    '{"id": "chatcmpl-DlHDybNEZpBw2CZwatmJZMT2LnMZoZT666uUy5SJzcfVMs4H", "system_fingerprint": "fp_292bb61d7a", "request_id": "req_a9474e7b53614bc7800a2e446159518a"}',
    'resp_68af4030592c81938ec0a5fbab4a3e9f05438e46b5f69a3b msg_01XFDUDYJgAACzvnptvVoYEL toolu_01A09q90qw90lq917835lq9',
    'model=claude-opus-4-1-20250805 ft:gpt-4o-mini-2024-07-18:acme-corp:support-v2:BuBP43Dy gemini-2.5-flash-preview-09-2025',
    'sha256:6d0417e198178dc71a0dca32fa6cb4a7ff20198599f289149cf6bc42c9398842 md5 12614b311e292512b815c6eebe7c804f',
    'resolution: {integrity: sha512-0KI/607xoxSToH7GjN1FfSbLoU0+btTicjsQSWQlh/hZykN8KpmMf7uYwPW3R+akZ6R/w18ZlXSHBYXiYUPO3g==}',
    'apiKey: process.env.OPENAI_API_KEY',
    'export ANTHROPIC_API_KEY=$ANTHROPIC_API_KEY',
    'OPENAI_API_KEY="your-api-key-here"',
    'The secret to a good password policy is length; keep your API key in a vault. Please reset the password: you will get an email.',
    'ISBN 978-0-64-577780-7 and Order #9670340333105748 shipped, ts=1791609276 ns=1790854602901713996',
    'upgraded from 10.12.97.200 to 1.2.58.4, build 2.0.78.1, oid 1.3.6.1.4.1.5287',
    'git@github.com:open-telemetry/opentelemetry-js.git and npm i foo@2.0.1 and logo@2x.png',
    'https://example.com:8080/path?q=1&page=2#a@b',
    '{"type": "thinking", "signature": "EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3dl1pkiMOYds5Ew"}',
    'usage: {"input_tokens": 129876543210987, "cache_key": "a1b2c3d4e5f6a7b8c9d0"}',
  ])('%s', (text) => {
    expect(clean(text)).toBe(text);
  });
});
