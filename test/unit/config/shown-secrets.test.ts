import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { run } from '../../../src/cli/config.ts';
import { shownText } from '../../../src/config/hide.ts';

const random = ['x3i0TwAp6W', 'lTQb8tAgnfAs', 'OJyz97UC'].join('');
const github = ['ghp', 'aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5'].join('_');

const shown = async (args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> => {
  let out = '';
  const stdout = { write: (text: string) => (out += text) };
  await run(args, { stdout, stderr: { write: () => true }, stdin: Readable.from([]), cwd: '/', env });
  return out;
};

it.each([[[]], [['--json']], [['--all']]])('labels and attributes of the resource are shown without secrets: %j', async (args) => {
  const out = await shown(args, {
    OTEL_RESOURCE_ATTRIBUTES: `service.name=shop,deploy.token=${random},build.note=${github},region=eu-west-1`,
    PURSER_TEAM: github,
    SOME_API_KEY: 'k9Xq2Wz7Lp',
    PURSER_FEATURE: 'with-k9Xq2Wz7Lp',
  });
  expect(out).toContain('eu-west-1');
  expect(out).toContain('shop');
  expect(out).toContain('[REDACTED:github-token]');
  for (const secret of [random, github, 'k9Xq2Wz7Lp']) expect(out).not.toContain(secret);
});

it.each([
  ['http://user:hunt@er2@host:4318', 'http://(hidden)@host:4318'],
  ['http://user:hunt/er2@host:4318', 'http://(hidden)@host:4318'],
  ['http://user:hunt#er2@host:4318', 'http://(hidden)@host:4318'],
  ['http://user@host/path?mail=er2', 'http://(hidden)@host/path?mail=(hidden)'],
  ['http://user:hunt?a=er2@host:4318', 'http://(hidden)'],
  ['http://host/path?mail=er2@host', 'http://(hidden)'],
])('a password in an address is hidden whatever is in it: %s', (address, wanted) => {
  expect(shownText(address)).toBe(wanted);
});
