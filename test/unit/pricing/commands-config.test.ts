import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { run as cost } from '../../../src/cli/cost.ts';
import { run as prices } from '../../../src/cli/prices.ts';
import { run as reconcile } from '../../../src/cli/reconcile.ts';
import { run as reprice } from '../../../src/cli/reprice.ts';
import { bundledTable } from '../../../src/pricing/table/bundled-table.ts';
import { CASE, runsIn, span } from './run-command.ts';

describe('prices of the app’s own configuration', () => {
  const app = mkdtempSync(join(tmpdir(), 'purser-commands-app-'));
  const write = (name: string, content: string): string => {
    writeFileSync(join(app, name), content);
    return name;
  };
  const here = { cwd: app, env: {} };
  write('cases.json', JSON.stringify([CASE]));
  write('spans.jsonl', span({ 'gen_ai.usage.input_tokens': 1000, 'gen_ai.usage.output_tokens': 100, 'gen_ai.usage.cost.amount': 0.0012 }));
  const withConfig = (lines: readonly string[]): string => write('purser.config.yaml', `${lines.join('\n')}\n`);
  const OVERRIDES = ['pricing:', '  overrides:', '    version: 1', '    prices: [{match: {model: gpt-5}, per_mtok: {input: "1", output: "2"}}]'];

  test('hold in every command that prices, and are named', async () => {
    withConfig(OVERRIDES);
    const priced = await runsIn(here, cost, 'cases.json');
    expect(JSON.parse(priced.out)).toMatchObject({ usd: '0.0012', match: 'override' });
    expect(priced.err).toMatch(/^Prices by the configuration: overrides of .*purser\.config\.yaml/);
    expect((await runsIn(here, prices, 'gpt-5')).out).toMatch(/matched by override[\s\S]* {2}input +\$1 for 1M tokens/);
    expect((await runsIn(here, reprice, 'spans.jsonl')).out).toContain('1 calls, 0 changed');
    const exported = write('export.csv', 'date,cost\n2026-11-20,0.0012\n');
    const bare = write('bare.jsonl', span({ 'gen_ai.usage.input_tokens': 1000, 'gen_ai.usage.output_tokens': 100 }));
    expect((await runsIn(here, reconcile, exported, '--calls', bare)).out).toContain('here $0.0012 in 1 calls (+0.00 %)');
  });

  test('stand in the file that pricing.file names too, and in a variable', async () => {
    write('prices.yaml', 'version: 1\nprices: [{match: {model: gpt-5}, per_mtok: {input: "3", output: "3"}}]\n');
    withConfig(['pricing: {file: prices.yaml}']);
    expect(JSON.parse((await runsIn(here, cost, 'cases.json')).out)).toMatchObject({ usd: '0.0033' });
    withConfig(['pricing: {}']);
    expect(JSON.parse((await runsIn({ cwd: app, env: { PURSER_PRICING_FILE: 'prices.yaml' } }, cost, 'cases.json')).out)).toMatchObject({ usd: '0.0033' });
  });

  test('are replaced by the options, and left out with PURSER_CONFIG=none', async () => {
    withConfig(OVERRIDES);
    write('other.yaml', 'version: 1\nprices: [{match: {model: gpt-5}, per_mtok: {input: "5", output: "5"}}]\n');
    expect(await runsIn(here, cost, 'cases.json', '--overrides', 'other.yaml')).toMatchObject({ out: expect.stringContaining('"usd":"0.0055"'), err: '' });
    expect(await runsIn({ cwd: app, env: { PURSER_CONFIG: 'none' } }, cost, 'cases.json')).toMatchObject({
      out: expect.stringContaining('"usd":"0.00225"'),
      err: '',
    });
  });

  test('come from the table that the app keeps, unless another is named', async () => {
    withConfig([`pricing: {cache_dir: ${JSON.stringify(app)}}`]);
    const { hashProviders } = await import('../../../src/pricing/table/check-table.ts');
    const providers = structuredClone(bundledTable().providers) as unknown as Record<string, { models: Record<string, unknown> }>;
    const models = providers['openai']?.models ?? {};
    models['gpt-5'] = { c: [{ r: { in: 4_000_000, out: 4_000_000 } }] };
    const table = { ...bundledTable(), version: '2099-01-01+kept', asOf: '2099-01-01', providers, sha256: hashProviders(providers) };
    write('purser-prices.json', JSON.stringify({ etag: 'x', table }));
    const kept = await runsIn(here, cost, 'cases.json');
    expect(JSON.parse(kept.out)).toMatchObject({ usd: '0.0044' });
    expect(kept.err).toBe(`Prices by the configuration: table 2099-01-01+kept, kept in ${app}.\n`);
    write('table.json', JSON.stringify(bundledTable()));
    expect(await runsIn(here, cost, 'cases.json', '--table', 'table.json')).toMatchObject({ out: expect.stringContaining('"usd":"0.00225"'), err: '' });
  });

  test('count hosts that the owner named, in stored calls too', async () => {
    const stored = write(
      'hosts.jsonl',
      span({
        'gen_ai.provider.name': 'groq',
        'gen_ai.response.model': 'llama-3.3-70b-versatile',
        'gen_ai.usage.input_tokens': 1_000_000,
        'gen_ai.usage.cost.amount': 0.59,
        'server.address': 'litellm.internal',
        'server.port': 4000,
      }),
    );
    withConfig(['providers: {hosts: {"litellm.internal:4000/groq": groq}}']);
    expect((await runsIn(here, reprice, stored)).out).toContain('1 calls, 0 changed');
    withConfig(['providers: {}']);
    expect((await runsIn(here, reprice, stored)).out).toContain('1 no longer priced');
  });

  test('that are wrong are told, and left out as in the app', async () => {
    withConfig([...OVERRIDES.slice(0, 3), '    prices: [{match: {model: gpt-5}, per_mtok: {input: 1}}]', 'ledger: {nonsense: 1}']);
    const { code, out, err } = await runsIn(here, cost, 'cases.json');
    expect([code, JSON.parse(out)]).toMatchObject([0, { usd: '0.00225' }]);
    expect(err).toContain('prices.0.per_mtok.input is 1, wanted dollars');
    expect(err).not.toContain('nonsense');
  });
});
