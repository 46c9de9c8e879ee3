import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../../src/redaction/redactor.ts';
import { letters } from './sample-keys.ts';

const redactor = createRedactor();
const clean = (text: string): string => redactor.text(text, 'event');
const random = letters('alnum', 32, 17);

describe('a random value whose name stands', () => {
  it.each([
    ['before a type', `let api_key: &str = "${random}";`],
    ['before two types', `const apiKey: string | undefined = "${random}"`],
    ['before another choice', `process.env.SEARCH_API_KEY || "${random}"`],
    ['before a default', `process.env.SEARCH_API_KEY ?? '${random}'`],
    ['in the other member of a pair', `{"name":"SEARCH_API_KEY","value":"${random}"}`],
    ['in the other attribute', `<add key="ApiKey" value="${random}" />`],
    ['on the line above, as in Kubernetes', `- name: SEARCH_API_KEY\n  value: ${random}`],
    ['in the head of a variable of Terraform', `variable "api_key" {\n  default = "${random}"\n}`],
    ['behind the value, closing its element', `<secret encoding="none">{search ${random}}</secret>`],
    ['in a comparison', `if (apiKey !== "${random}")`],
    ['as a constant before it', `setopt(handle, OPT_AUTH_TOKEN, "${random}")`],
    ['in brackets before it', `equal(parsed['AccountKey'], '${random}')`],
    ['on the line of the opening bracket', `const std::string SearchKey{\n    "${random}"};`],
    ['far before the sign', `DEFAULT_ACCOUNT_KEY\n            = "${random}"`],
    ['in bold', `**API key:** ${random}`],
    ['in the cell before', `| API key | \`${random}\` |`],
    ['before a dash', `API key - ${random}`],
    ['before a long dash', `API key – ${random}`],
    ['before a blank', `ENV SEARCH_API_KEY ${random}`],
    ['before quotes', `api key "${random}" not found`],
    ['before brackets', `Your API key (${random}) is invalid`],
    ['before angle brackets', `api_key=<${random}>`],
    ['in a sentence', `The API key that I use is ${random}.`],
    ['with a number', `searchKey2 = '${random}'`],
    ['in the same word', `deploy-secret-${letters('hex', 32, 9)}`],
    ['with blanks inside the quotes', `searchSecret := " ${random} "`],
    ['before a list, as Node shows headers', `'x-api-key': [ '${random}' ]`],
    ['before a block of YAML', `api_key: >-\n  ${random}`],
    ['as the id of a secret of Vault', `secret_id=${random}`],
    ['as a scheme of a header', `Authorization: Key ${random}`],
  ])('%s is found', (_, text) => {
    expect(clean(text)).not.toContain(random.slice(4, -4));
    expect(clean(text)).toContain('[REDACTED:');
  });

  it('is the private part of a JSON Web Key', () => {
    const key = JSON.stringify({ kty: 'EC', crv: 'P-256', x: random, d: letters('token', 43, 3) });
    expect(clean(key)).toBe(key.replace(/"d":"[^"]+"/, '"d":"[REDACTED:named-secret]"'));
  });
});

describe('what is not a secret beside such a name', () => {
  it.each([
    'the token limit of model X1 is large-context-window-2026',
    'sandboxSession: HarnessV1NetworkSandboxSession | undefined',
    'artifact_key: metrics_snapshot_kafka_v2',
    `gpg --recv-keys ${letters('upper', 16, 3)}`,
    `{"public_key": "${random}"}`,
    `Sec-WebSocket-Key: ${letters('alnum', 22, 2)}==`,
    `cache key ${letters('hex', 32, 4)}`,
    `auth: { apiKey: 'base64EncodedKey1' }`,
    `const FORMAT_TOKEN_V1 = 'format-token-v1-0123'`,
    'saxes: 6.0.0\n      tough-cookie: 5.1.2\n      w3c-xmlserializer: 5.0.0',
    `| name | key |\n|---|---|\n| resource | 1234 |`,
    `\`hybridAuthMock\`, \`hybridAuthMockFns\``,
    `"${letters('token', 44, 8)}_sk_0123456", "${random}"`,
  ])('stays: %s', (text) => {
    expect(clean(text)).toBe(text);
  });
});
