import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { bundledTable } from '../../../src/pricing/table/bundled-table.ts';
import { tableFault } from '../../../src/pricing/table/check-table.ts';
import type { CardData } from '../../../src/pricing/table/price-table.ts';
import { applyOverlay } from '../../../tools/prices/apply-overlay.ts';
import { buildTable } from '../../../tools/prices/build-table.ts';
import { diffTables } from '../../../tools/prices/diff-tables.ts';
import { OVERLAY, REVIEWED } from '../../../tools/prices/overlay/index.ts';

const table = bundledTable();
const cards: readonly (readonly [string, CardData])[] = Object.entries(table.providers).flatMap(([id, { models }]) =>
  Object.entries(models).flatMap(([name, { c }]) => c.map((card) => [`${id}/${name}`, card] as const)),
);

describe('the bundled table', () => {
  test('is what its inputs give, to the byte', async () => {
    const { table: built } = await buildTable();
    expect(readFileSync(new URL('../../../src/pricing/table.json', import.meta.url), 'utf8')).toBe(`${JSON.stringify(built)}\n`);
  });

  test('is sound and carries its hash and its sources', () => {
    expect(tableFault(table)).toBeUndefined();
    expect(table.version).toBe(`${table.asOf}+${table.sha256.slice(0, 8)}`);
    expect(table.notice).toMatch(/MIT License.*Copyright \(c\) Pydantic/s);
    expect(table.sources.join()).toMatch(/genai-prices.*litellm.*Portkey.*overlay/s);
  });

  test('holds every model of the source and those of the overlay', () => {
    expect(new Set(cards.map(([name]) => name)).size).toBeGreaterThanOrEqual(1694);
    for (const name of ['anthropic/claude-haiku-5-5', 'openai/gpt-6.1-sol', 'openai/gpt-6.1-terra', 'deepseek/deepseek-flash'])
      expect(cards.map(([id]) => id)).toContain(name);
  });

  test('has cards in the order of time, and long prompts never cheaper', () => {
    for (const [id, { models }] of Object.entries(table.providers))
      for (const [name, { c }] of Object.entries(models)) {
        const dates = c.map(({ from }) => (from === undefined ? 0 : Date.parse(from)));
        expect([`${id}/${name}`, dates]).toEqual([`${id}/${name}`, dates.toSorted((a, b) => a - b)]);
      }
    for (const [name, { r, over }] of cards)
      for (const [key, rate] of Object.entries(over?.r ?? {}))
        expect([name, key, rate === null || rate >= (r[key as keyof typeof r] ?? 0)]).toEqual([name, key, true]);
  });

  test('has no price that is free by mistake: a rate of 0 is stated by the overlay alone', () => {
    const zero = new Set(cards.filter(([, { r }]) => Object.entries(r).some(([key, rate]) => rate === 0 && key !== 'code')).map(([name]) => name));
    expect([...zero]).toEqual([]);
  });
});

describe('the overlay', () => {
  test('says of every entry where and when it was read, and none is from the future', () => {
    for (const { source } of OVERLAY) {
      expect(source.url).toMatch(/^https:\/\/\S+$/);
      expect(source.observed <= REVIEWED).toBe(true);
    }
  });

  test('fails the build when an entry changes nothing any more', () => {
    const providers = { x: { hosts: 'x', models: { m: { c: [{ r: { in: 1_000_000 } }] } } } };
    const entry = { kind: 'rates', provider: 'x', models: ['m'], usd: { in: '1' }, source: { url: 'https://example.com', observed: '2026-11-20' } } as const;
    expect(() => applyOverlay(providers, [entry])).toThrow(/changes nothing any more/);
    expect(() => applyOverlay(providers, [{ ...entry, models: ['gone'] }])).toThrow(/no model gone/);
    expect(() => applyOverlay(providers, [{ ...entry, usd: { out: '0.0000001' } }])).toThrow(/not an exact price/);
    expect(applyOverlay(providers, [{ ...entry, usd: { out: '2' } }])['x']?.models['m']?.c[0]?.r).toEqual({ in: 1_000_000, out: 2_000_000 });
  });

  test('its changes can be reviewed line by line', () => {
    const before = { ...table, providers: { x: { hosts: 'x', models: { a: { c: [{ r: { in: 1 } }] }, b: { c: [] } } } } };
    const after = { ...table, providers: { x: { hosts: 'x', models: { a: { c: [{ r: { in: 2 }, x: { batch: [1, 2] as const } }] }, c: { c: [] } } } } };
    expect(diffTables(before, after)).toEqual(['~ x/a: always in: 1 -> 2; always x batch: none -> [1,2]', '- x/b', '+ x/c']);
  });
});
