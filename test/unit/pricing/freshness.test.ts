import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { resetDiag } from '../../../src/base/diag.ts';
import type { GovernanceEvent } from '../../../src/call/event.ts';
import { picoUsd } from '../../../src/call/units.ts';
import { createPricer, type Pricer, type PricerSettings } from '../../../src/pricing/pricer.ts';
import { bundledTable } from '../../../src/pricing/table/bundled-table.ts';
import { hashProviders } from '../../../src/pricing/table/check-table.ts';
import type { CardData, PriceTable, ProviderData } from '../../../src/pricing/table/price-table.ts';
import { ask, usageOf, usd } from './ask.ts';

const NOW = Date.parse('2026-11-25T12:00:00Z');
const million = { input: 1_000_000 };

/** The bundled table with the price of gpt-5 changed, whole and signed with its own hash. */
const tableWith = (input: number, more: Partial<PriceTable> = {}, change: (models: Record<string, unknown>) => void = () => undefined): PriceTable => {
  const providers = structuredClone(bundledTable().providers) as Record<string, ProviderData>;
  const models = providers['openai']?.models as Record<string, unknown>;
  models['gpt-5'] = { c: [{ r: { in: input, out: 10_000_000 } }] };
  change(models);
  return { ...bundledTable(), version: '2026-11-24+test', asOf: '2026-11-24', providers, sha256: hashProviders(providers), ...more };
};

let server: Server;
let answer: { readonly status: number; readonly body: string; readonly etag?: string };
let asked: (string | undefined)[];
let silent: boolean;
let leadsTo: (path: string) => string | undefined;
let events: GovernanceEvent[];
let metrics: string[];
const pricers: Pricer[] = [];

const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/table.json`;
const make = (more: Partial<PricerSettings> = {}): Pricer => {
  const pricer = createPricer({
    refresh: { url: url(), intervalMs: 3_600_000, timeoutMs: 2000 },
    clock: { nowMs: () => NOW, monotonicMs: () => 0 },
    emit: (event) => events.push(event),
    meter: {
      add: (name, value, attributes) => metrics.push(`${name} ${value} ${attributes?.['purser.result'] ?? ''}`),
      set: (name, value, attributes) => metrics.push(`${name} ${value} ${attributes?.['purser.price_table.version'] ?? ''}`),
      record: () => undefined,
    },
    ...more,
  });
  pricers.push(pricer);
  return pricer;
};

beforeEach(async () => {
  resetDiag();
  asked = [];
  silent = false;
  leadsTo = () => undefined;
  events = [];
  metrics = [];
  server = createServer((request, response) => {
    asked.push(request.headers['if-none-match']);
    if (silent) return;
    const elsewhere = leadsTo(request.url ?? '');
    if (elsewhere !== undefined) {
      response.writeHead(302, { location: elsewhere }).end();
      return;
    }
    const same = answer.etag !== undefined && request.headers['if-none-match'] === answer.etag;
    response.writeHead(same ? 304 : answer.status, answer.etag === undefined ? {} : { etag: answer.etag });
    response.end(same ? undefined : answer.body);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});

afterEach(async () => {
  for (const pricer of pricers.splice(0)) pricer.stop();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

describe('a newer table', () => {
  test('is taken at run time, counted and told; the next look sends its ETag and finds nothing new', async () => {
    answer = { status: 200, body: JSON.stringify(tableWith(1_000_000)), etag: '"one"' };
    const pricer = make();
    expect(usd(pricer.price(ask('openai', 'gpt-5', million)))).toBe('1.25');
    expect(await pricer.refresh()).toBe('updated');
    expect(usd(pricer.price(ask('openai', 'gpt-5', million)))).toBe('1');
    expect(pricer.tableVersion()).toBe('2026-11-24+test');
    expect(await pricer.refresh()).toBe('unchanged');
    expect(asked).toEqual([undefined, '"one"']);
    expect(metrics).toContain('purser.price_table.refreshes 1 updated');
    expect(metrics).toContain('purser.price_table.refreshes 1 unchanged');
    expect(metrics).toContain('purser.price_table.age 129600 2026-11-24+test');
    expect(events.map(({ name }) => name)).toEqual(['purser.price_table.updated']);
  });

  test('is kept on disk and used by the next process, with its ETag', async () => {
    const cacheDir = mkdtempSync(join(tmpdir(), 'purser-prices-'));
    answer = { status: 200, body: JSON.stringify(tableWith(1_000_000)), etag: '"one"' };
    await make({ cacheDir }).refresh();
    const next = make({ cacheDir });
    expect(usd(next.price(ask('openai', 'gpt-5', million)))).toBe('1');
    expect(await next.refresh()).toBe('unchanged');
    expect(asked.at(-1)).toBe('"one"');
  });

  test('is asked for outside of the app’s tracing', async () => {
    let wrapped = 0;
    answer = { status: 200, body: JSON.stringify(tableWith(1_000_000)) };
    const untraced = <T>(work: () => T): T => {
      wrapped++;
      return work();
    };
    expect([await make({ untraced }).refresh(), wrapped]).toEqual(['updated', 1]);
  });

  test('that was damaged on disk is left alone, and the bundled one holds', () => {
    const cacheDir = mkdtempSync(join(tmpdir(), 'purser-prices-'));
    for (const damaged of ['{', JSON.stringify({ table: { ...tableWith(1_000_000), sha256: 'x' } })]) {
      writeFileSync(join(cacheDir, 'purser-prices.json'), damaged);
      expect(usd(make({ cacheDir }).price(ask('openai', 'gpt-5', million)))).toBe('1.25');
    }
  });

  test('is not kept where the directory cannot be written, and the app feels nothing', async () => {
    answer = { status: 200, body: JSON.stringify(tableWith(1_000_000)) };
    const pricer = make({ cacheDir: '/dev/null/nowhere' });
    expect(await pricer.refresh()).toBe('updated');
  });
});

const malformed = (models: Record<string, unknown>): void => {
  models['gpt-5'] = { c: [{ r: { in: -1 } }] };
};

const badName = (models: Record<string, unknown>): void => {
  models['gpt-5'] = { a: ['/(/'], c: [{ r: { in: 1_000_000 } }] };
};

/** The bundled table with one card of Google's changed. */
const cardWith = (change: Partial<CardData>): PriceTable => {
  const providers = structuredClone(bundledTable().providers) as Record<string, ProviderData>;
  const models = providers['google']?.models as Record<string, { c: CardData[] }>;
  const cards = models['gemini-2.5-pro']?.c ?? [];
  cards.splice(0, cards.length, ...cards.map((card) => ({ ...card, ...change })));
  return { ...tableWith(1_000_000), providers, sha256: hashProviders(providers) };
};

describe('a table is refused and the last good one stays', () => {
  const openai = { openai: bundledTable().providers['openai'] };

  test.each<[string, unknown, RegExp]>([
    ['when a price moved over ten times up', tableWith(12_500_001), /gpt-5 would go from 1250000 to 12500001/],
    ['when a price moved over ten times down', tableWith(124_999), /would go from/],
    ['when a price became zero', tableWith(0), /would go from 1250000 to 0/],
    [
      'when a price of long prompts moved over ten times',
      cardWith({ over: { n: 200_000, r: { out: 1_000_000 } } }),
      /"out" of long prompts of google\/gemini-2.5-pro would go from/,
    ],
    ['when the factor of a tier moved over ten times', cardWith({ x: { batch: [1, 21] } }), /factor "batch" of google\/gemini-2.5-pro would go from 0.5 to/],
    ['when a factor of that size appeared', cardWith({ x: { 'geo:us': [11, 1] } }), /factor "geo:us" of google\/gemini-2.5-pro would go from 1 to 11/],
    ['when a model became free', cardWith({ free: 1 }), /google\/gemini-2.5-pro would become free/],
    ['when a name is an expression that is none', tableWith(1_000_000, {}, badName), /openai\/gpt-5 is malformed/],
    ['when it is older', tableWith(1_000_000, { asOf: '2026-01-01' }), /older than the one in use/],
    ['when its content does not fit its hash', tableWith(1_000_000, { sha256: '00' }), /does not fit its hash/],
    ['when it is of another format', { ...tableWith(1_000_000), format: 2 }, /not a table of format 1/],
    ['when it is no table', '<html>', /not a table/],
    ['when models are malformed', tableWith(1, {}, malformed), /openai\/gpt-5 is malformed/],
    ['when many models are gone', { ...tableWith(1), providers: openai, sha256: hashProviders(openai) }, /models where there were/],
  ])('%s', async (_, table, reason) => {
    answer = { status: 200, body: JSON.stringify(table) };
    const pricer = make();
    expect(await pricer.refresh()).toBe('refused');
    expect(usd(pricer.price(ask('openai', 'gpt-5', million)))).toBe('1.25');
    expect(events).toMatchObject([{ name: 'purser.price_table.refused', severity: 'error' }]);
    expect(events[0]?.message).toMatch(reason);
    expect(metrics).toContain('purser.price_table.refreshes 1 refused');
  });

  test('but exactly ten times is believed', async () => {
    answer = { status: 200, body: JSON.stringify(tableWith(12_500_000)) };
    expect(await make().refresh()).toBe('updated');
  });
});

describe('without an answer', () => {
  test('a server that fails changes nothing', async () => {
    answer = { status: 500, body: 'no' };
    const pricer = make();
    expect(await pricer.refresh()).toBe('failed');
    expect(usd(pricer.price(ask('openai', 'gpt-5', million)))).toBe('1.25');
    expect(metrics).toContain('purser.price_table.refreshes 1 failed');
  });
  test('a server that is not there neither', async () => {
    const pricer = make({ refresh: { url: 'http://127.0.0.1:1/table.json', intervalMs: 3_600_000 } });
    expect(await pricer.refresh()).toBe('failed');
  });
  test('a server that says nothing is left after the time that it has, and no process waits for it', async () => {
    silent = true;
    const pricer = make({ refresh: { url: url(), intervalMs: 3_600_000, timeoutMs: 50 } });
    expect(await pricer.refresh()).toBe('failed');
    const program = `
      const { createPricer } = await import(${JSON.stringify(new URL('../../../src/pricing/pricer.ts', import.meta.url).href)});
      void createPricer({ refresh: { url: ${JSON.stringify(url())}, intervalMs: 60000, timeoutMs: 60000 } }).refresh();
      setTimeout(() => undefined, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'ignore', timeout: 20_000 });
    const [code] = (await once(child, 'exit')) as [number | null];
    expect([code, asked.length]).toEqual([0, 2]);
  });
  test('an address that leads elsewhere is followed, but not in a circle and not to where a table may not come from', async () => {
    answer = { status: 200, body: JSON.stringify(tableWith(1_000_000)) };
    leadsTo = (path) =>
      path === '/moved' ? '/table.json' : path === '/circle' ? '/circle' : path === '/out' ? 'http://prices.example.com/table.json' : undefined;
    const from = (path: string): Promise<string> => make({ refresh: { url: url().replace('/table.json', path), intervalMs: 3_600_000 } }).refresh();
    expect([await from('/moved'), await from('/circle'), await from('/out')]).toEqual(['updated', 'failed', 'failed']);
    expect(asked).toHaveLength(2 + 6 + 1);
  });
  test('an answer without an end is not read to it', async () => {
    answer = { status: 200, body: ' '.repeat(9_000_000) };
    expect(await make().refresh()).toBe('refused');
    expect(events[0]?.message).toContain('far too large');
  });
  test('an address that is not https is not asked', async () => {
    expect(await make({ refresh: { url: 'http://prices.example.com/table.json', intervalMs: 3_600_000 } }).refresh()).toBe('failed');
    expect(asked).toEqual([]);
  });
  test('and without an address nothing is ever asked', async () => {
    const pricer = createPricer();
    expect(await pricer.refresh()).toBe('failed');
    expect(asked).toEqual([]);
  });
});

describe('the table’s age', () => {
  const DAY = 86_400_000;
  const aged = (days: number, more: Partial<PricerSettings> = {}): Pricer => {
    const born = Date.parse(bundledTable().asOf);
    return make({ clock: { nowMs: () => born + days * DAY, monotonicMs: () => 0 }, ...more });
  };

  test('is a gauge in seconds', () => {
    aged(2).report();
    expect(metrics).toContain(`purser.price_table.age ${2 * 86_400} ${bundledTable().version}`);
  });
  test('beyond thirty days is told once a day', () => {
    const pricer = aged(31);
    pricer.report();
    pricer.report();
    expect(events).toMatchObject([{ name: 'purser.price_table.stale', severity: 'warning', attributes: { days: 31 } }]);
  });
  test('of thirty days less a second is not told', () => {
    aged(29.999).report();
    expect(events).toEqual([]);
  });
});

const seen = (...models: readonly (readonly [string, string])[]): readonly string[] => {
  const pricer = make();
  for (const [provider, model] of models) pricer.price(ask(provider, model, million));
  return events.map(({ name, attributes }) => `${name} ${attributes['model'] ?? ''}`);
};

describe('a model that is newer than the table', () => {
  test('is told once, for the first of them', () => {
    expect(seen(['anthropic', 'claude-sonnet-5-6'], ['anthropic', 'claude-sonnet-5-6'], ['openai', 'gpt-7-sol'])).toEqual([
      'purser.price_table.newer_model claude-sonnet-5-6',
    ]);
  });
  test('with a date in its name too', () =>
    expect(seen(['anthropic', 'claude-opus-6-20270101'])).toEqual(['purser.price_table.newer_model claude-opus-6-20270101']));
  test('is not told where its calls have a price all the same: what the host says itself, or the model that was asked for', () => {
    const pricer = make();
    const newer = ask('anthropic', 'claude-sonnet-5-6', million);
    pricer.price({ ...newer, usage: usageOf(million, { providerCost: { amount: picoUsd(5n), field: 'usage.cost' } }) });
    pricer.price({ ...newer, requestModel: 'claude-sonnet-5' });
    expect(events).toEqual([]);
    pricer.price(newer);
    expect(events).toHaveLength(1);
  });
  test('is not an older version, another family or a deployment', () => {
    expect(seen(['anthropic', 'claude-sonnet-4-4'], ['openai', 'davinci-next'], ['azure.ai.openai', 'my-prod-deployment'], ['nobody', 'gpt-9'])).toEqual([]);
  });
});

test('the process is not kept alive by the refresh', () => {
  const source = new URL('../../../src/pricing/pricer.ts', import.meta.url).href;
  const program = `
    const { createPricer } = await import(${JSON.stringify(source)});
    const pricer = createPricer({ refresh: { url: 'http://127.0.0.1:1/', intervalMs: 60000 } });
    const cost = pricer.price({ provider: 'openai', requestModel: 'gpt-5', responseModel: 'gpt-5', at: 0, usage: { buckets: { input: 1 }, flags: [] }, context: {} });
    process.stdout.write(cost.kind);`;
  expect(execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8', timeout: 15_000 })).toBe('priced');
});
