import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../../src/redaction/redactor.ts';

const redactor = createRedactor();
const clean = (text: string): string => redactor.text(text, 'event');
const PASSWORD = 'Tr0ub4dor&3';

describe('a password', () => {
  it.each([
    `my password is ${PASSWORD}`,
    `The temporary password for your account is ${PASSWORD} for now`,
    `password for jane.k: ${PASSWORD}`,
    `the password is "${PASSWORD}"`,
    `I logged in with password ${PASSWORD} but no luck`,
    `password (${PASSWORD})`,
    `Password – ${PASSWORD}`,
    `password -> ${PASSWORD}`,
    `**Password:** ${PASSWORD}`,
    `| password | ${PASSWORD} |`,
    `pw: ${PASSWORD}`,
    `db_pw=${PASSWORD}`,
    `if (password === "${PASSWORD}")`,
    `val password: String = "${PASSWORD}"`,
    `setProperty("db.password", "${PASSWORD}")`,
    `os.getenv("DB_PASSWORD", "${PASSWORD}")`,
    `process.env.DB_PASSWORD || "${PASSWORD}"`,
    `os.environ.get("PASSWORD") or "${PASSWORD}"`,
    `- name: DB_PASSWORD\n  value: "${PASSWORD}"`,
    `credentials { username "bob" password "${PASSWORD}" }`,
    `machine api.example.com login bob password ${PASSWORD}`,
    `requirepass ${PASSWORD}`,
    `sshpass -p ${PASSWORD} ssh host`,
    `CREATE USER bob WITH PASSWORD '${PASSWORD}';`,
    `CREATE USER bob IDENTIFIED BY '${PASSWORD}';`,
    `mot de passe : ${PASSWORD}`,
    `:password => '${PASSWORD}'`,
  ])('is found in: %s', (text) => {
    expect(clean(text)).toBe(text.replace(PASSWORD, '[REDACTED:password]'));
  });

  it('may begin with its own name', () => {
    expect(clean('password=Password123!')).toBe('password=[REDACTED:password]');
  });

  it('ends before the next parameter, and goes on over an ampersand that opens none', () => {
    expect(clean('user=bob&password=hunter22!&page=2')).toMatch(/^user=bob&password=\[REDACTED:[a-z-]+\]&page=2$/);
    expect(clean('password: a&b&3Fgh!x')).toBe('password: [REDACTED:password]');
  });
});

describe('what is said about passwords', () => {
  it.each([
    'password is required',
    'The password is base64-encoded, then hashed with sha256.',
    'password is incorrect. Try again.',
    'passwords must match',
    'the tests pass Model2Vec as well',
    'password field1 and password, username',
    'password_encryption = scram-sha-256',
    '- `password`: Oxylabs password.',
    'cqlsh -u user -p test_password --request-timeout=3000',
    'echo -n "user:secret-key" | base64',
    'IDENTIFIED BY :password',
    '--- PASS: TestParse/empty_value2 (0.00s)',
    "await client.webhooks.rotateSecret('whe_123');",
    "setExcluded('password', '*-token')",
    'http://example.com/spw:8080 and cpw= and http:pw',
    'declare function derive(password: Uint8Array, salt: Uint8Array): Key;',
    'jest --passWithNoTests --testPathIgnorePatterns=build8',
  ])('stays: %s', (text) => {
    expect(clean(text)).toBe(text);
  });
});
