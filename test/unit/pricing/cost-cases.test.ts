import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { run } from '../../../src/cli/cost.ts';

const FILE = new URL('../../../../shared/data/cost-cases.json', import.meta.url);
const present = existsSync(FILE);

interface Case {
  readonly id: string;
  readonly expected_usd: string | null;
}

const cases: readonly Case[] = present ? (JSON.parse(readFileSync(FILE, 'utf8')) as { readonly cases: readonly Case[] }).cases : [];

const printed = async (): Promise<ReadonlyMap<string, { readonly usd: string | null; readonly reason?: string; readonly lines: readonly unknown[] }>> => {
  const lines: string[] = [];
  const code = await run(['--usage', FILE.pathname], { stdout: (text) => lines.push(text), stderr: (text) => lines.push(text), cwd: '/', env: {} });
  expect(code).toBe(0);
  return new Map(lines.map((line) => JSON.parse(line) as { id: string; usd: string | null; lines: unknown[] }).map((line) => [line.id, line]));
};

describe.skipIf(!present)('the reference cases (../shared/data/cost-cases.json) come out exact to the last digit', async () => {
  const results = present ? await printed() : new Map();

  test.each(cases.map((one) => [one.id, one.expected_usd]))('%s costs %s', (id, expected) => {
    const result = results.get(id ?? '');
    const reasons = expected === null ? ['unknown_model', 'usage_missing', 'unknown_provider'] : [undefined];
    expect(result?.usd).toBe(expected);
    expect(reasons).toContain(result?.reason);
  });

  test('there are at least 48 of them', () => expect(cases.length).toBeGreaterThanOrEqual(48));
});
