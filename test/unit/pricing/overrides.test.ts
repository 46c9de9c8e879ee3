import { describe, expect, test } from 'vitest';
import type { PriceQuestion } from '../../../src/call/cost.ts';
import { readOverridesFile } from '../../../src/pricing/overrides/overrides-file.ts';
import { overrideError } from '../../../src/pricing/overrides/read-overrides.ts';
import { createPricer, type Pricer } from '../../../src/pricing/pricer.ts';
import { ask, at, priced, usd } from './ask.ts';

const pricerWith = async (yaml: string): Promise<Pricer> => createPricer({ overrides: await readOverridesFile(yaml, 'prices.yaml') });

const million = { input: 1_000_000 };

const FULL = `
version: 1
prices:
  - match: {provider: openai, model: "gpt-5*", base_url: "https://eu.api.openai.com/*"}
    effective: {from: 2026-10-07, to: null, utc: "01:00-04:00", weekdays: [mon, tue, wed, thu, fri]}
    when: {service_tier: flex, batch: false, geo: us, speed: standard}
    per_mtok: {input: "1.25", cache_read: "0.125", cache_write_5m: null, cache_write_1h: null, output: "10", audio_input: null}
    above: {prompt_tokens_gt: 272000, per_mtok: {input: "2.50", output: "15"}}
    per_call: {web_search: "0.01"}
    source: {url: "https://example.com/contract", observed: 2026-11-20}
aliases: [{from: "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abcd", to: {provider: aws.bedrock, model: "us.anthropic.claude-sonnet-4-5-20250929-v1:0"}}]
discounts: [{match: {provider: anthropic}, multiplier: "0.8"}]
free: [{base_url: "http://localhost:*"}]
`;

describe('the whole format', async () => {
  const pricer = await pricerWith(FULL);
  const place = { baseUrl: 'https://eu.api.openai.com/v1', servedTier: 'flex', geo: 'us' };
  const inside = { at: at('2026-11-20T02:00:00Z'), context: place };

  test('has no problem', () => expect(pricer.problems).toEqual([]));

  test('holds where everything fits', () => {
    const cost = priced(pricer.price(ask('openai', 'gpt-5-mini', { input: 100_000, cacheRead: 100_000, output: 1000 }, inside)));
    expect(usd(cost)).toBe('0.1475');
    expect(cost).toMatchObject({ match: 'override', confidence: 'exact', effectiveFrom: '2026-10-07', longContextHeadroom: 72_000 });
  });

  test('moves a long prompt as a whole', () => {
    expect(usd(pricer.price(ask('openai', 'gpt-5-mini', { input: 272_001, output: 1000 }, inside)))).toBe('0.6950025');
  });

  test('a null is unpriced and never free', () => {
    const cost = priced(pricer.price(ask('openai', 'gpt-5-mini', { input: 1000, audioInput: 5, cacheWrite5m: 5 }, inside)));
    expect(cost).toMatchObject({ confidence: 'partial', unpriced: ['cacheWrite5m', 'audioInput'] });
  });

  test.each([
    ['the hour', { ...inside, at: at('2026-11-20T05:00:00Z') }],
    ['the weekday', { ...inside, at: at('2026-11-22T02:00:00Z') }],
    ['the date', { ...inside, at: at('2026-10-06T02:00:00Z') }],
    ['the tier', { ...inside, context: { ...place, servedTier: 'default' } }],
    ['the place', { ...inside, context: { ...place, geo: 'eu' } }],
    ['the address', { ...inside, context: { ...place, baseUrl: 'https://api.openai.com/v1' } }],
  ])('does not hold where %s does not fit', (_, more) => {
    expect(priced(pricer.price(ask('openai', 'gpt-5-mini', million, more))).match).not.toBe('override');
  });

  test('an alias gives an opaque name its model', () => {
    const arn = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abcd';
    const cost = priced(pricer.price(ask('aws.bedrock', arn, million)));
    expect([usd(cost), cost.matchedModel]).toEqual(['3.3', 'regional.anthropic.claude-sonnet-4-5-20250929-v1:0']);
  });

  test('a discount is exact and on everything', () => expect(usd(pricer.price(ask('anthropic', 'claude-opus-5', { ...million, output: 1 })))).toBe('4.00002'));

  test('a free address costs nothing, by its owner’s word', () => {
    expect(pricer.price(ask('openai', 'llama3', million, { context: { baseUrl: 'http://localhost:8080/v1' } }))).toMatchObject({
      kind: 'priced',
      amount: 0n,
      match: 'free',
    });
  });
});

describe('an override', () => {
  test('of one price leaves the tiers of the provider on it', async () => {
    const pricer = await pricerWith('{version: 1, prices: [{match: {model: gpt-5}, per_mtok: {input: "1", output: "8"}}]}');
    expect(usd(pricer.price(ask('openai', 'gpt-5', million)))).toBe('1');
    expect(usd(pricer.price(ask('openai', 'gpt-5', million, { context: { batch: true } })))).toBe('0.5');
  });

  test('names the request’s model where the response has another name', async () => {
    const pricer = await pricerWith('{version: 1, prices: [{match: {provider: azure.ai.openai, model: "prod-*"}, per_mtok: {input: "1"}}]}');
    const cost = pricer.price(ask('azure.ai.openai', 'gpt-4o-2024-08-06', million, { requestModel: 'prod-chat' }));
    expect(usd(cost)).toBe('1');
  });

  test('that does not hold now takes nothing away: what answered has the table’s price', async () => {
    const pricer = await pricerWith(`
version: 1
prices:
  - {match: {provider: azure.ai.openai, model: my-dep}, effective: {from: 2026-01-01, to: 2026-06-30}, per_mtok: {input: "1", output: "2"}}
  - {match: {model: night-dep}, effective: {utc: "01:00-02:00"}, per_mtok: {input: "1"}}
  - {match: {model: fast-dep}, when: {service_tier: priority}, per_mtok: {input: "9"}}
  - {match: {provider: openai, model: gpt-5}, effective: {to: 2026-06-30}, per_mtok: {input: "1"}}
`);
    const answered = (requestModel: string, more: Partial<PriceQuestion> = {}): readonly string[] => {
      const cost = priced(pricer.price(ask('azure.ai.openai', 'gpt-4o-2024-08-06', million, { requestModel, ...more })));
      return [usd(cost), cost.match];
    };
    const table = answered('unheard-of');
    expect(table[1]).not.toBe('override');
    for (const name of ['my-dep', 'night-dep', 'fast-dep']) expect(answered(name)).toEqual(table);
    expect(answered('my-dep', { at: at('2026-03-01T00:00:00Z') })).toEqual(['1', 'override']);
    expect(answered('night-dep', { at: at('2026-03-01T01:30:00Z') })).toEqual(['1', 'override']);
    expect(answered('fast-dep', { context: { servedTier: 'priority' } })).toEqual(['9', 'override']);
    expect(answered('fast-dep', { context: { requestedTier: 'priority' } })).toEqual(['9', 'override']);
    // Nor does one on the answer's name keep the request's from counting.
    const own = pricer.price(ask('openai', 'night-dep', million, { requestModel: 'gpt-5-mini' }));
    expect(usd(own)).toBe('0.25');
  });

  test('for a place holds where only the address names the place', async () => {
    const pricer = await pricerWith('{version: 1, prices: [{match: {provider: openai, model: gpt-5.4}, when: {geo: eu}, per_mtok: {input: "7"}}]}');
    const cost = priced(pricer.price(ask('openai', 'gpt-5.4', million, { context: { baseUrl: 'https://eu.api.openai.com/v1/chat/completions' } })));
    expect([usd(cost), cost.match]).toEqual(['7', 'override']);
    const elsewhere = { baseUrl: 'https://us.api.openai.com/v1/chat/completions' };
    expect(priced(pricer.price(ask('openai', 'gpt-5.4', million, { context: elsewhere }))).match).not.toBe('override');
    // What the provider says of the place goes before the address.
    expect(priced(pricer.price(ask('openai', 'gpt-5.4', million, { context: { ...elsewhere, geo: 'EU' } }))).match).toBe('override');
  });

  test('holds from the beginning of one day and before the beginning of the other', async () => {
    const pricer = await pricerWith('{version: 1, prices: [{match: {model: gpt-5}, effective: {from: 2026-10-07, to: 2026-11-20}, per_mtok: {input: "1"}}]}');
    const on = (iso: string): string => usd(pricer.price(ask('openai', 'gpt-5', million, { at: at(iso) })));
    expect(['2026-10-06T23:59:59.999Z', '2026-10-07T00:00:00Z', '2026-11-19T23:59:59.999Z', '2026-11-20T00:00:00Z'].map(on)).toEqual([
      '1.25',
      '1',
      '1',
      '1.25',
    ]);
  });

  test('may state a discount as a number', async () => {
    const pricer = await pricerWith('{version: 1, discounts: [{match: {provider: openai}, multiplier: 0.8}, {match: {model: gpt-5}, multiplier: 1}]}');
    expect(pricer.problems).toEqual([]);
    expect(usd(pricer.price(ask('openai', 'gpt-5', million)))).toBe('1');
  });

  test('that has expired leaves a free model free', async () => {
    const pricer = await pricerWith('{version: 1, prices: [{match: {model: omni-moderation-latest}, effective: {to: 2026-06-30}, per_mtok: {input: "1"}}]}');
    expect(pricer.price(ask('openai', 'omni-moderation-latest', million))).toMatchObject({ amount: 0n, match: 'free' });
  });

  test('prices a model that nobody else knows', async () => {
    const pricer = await pricerWith('{version: 1, prices: [{match: {provider: my-gpus, model: "*"}, per_mtok: {input: "0.05", output: "0.1"}}]}');
    expect(priced(pricer.price(ask('my-gpus', 'anything', million)))).toMatchObject({ amount: 50_000_000_000n, match: 'override', confidence: 'exact' });
  });

  test('of JSON is read alike', async () => {
    const pricer = await pricerWith('{"version": 1, "prices": [{"match": {"model": "gpt-5"}, "per_mtok": {"input": "1"}}]}');
    expect(usd(pricer.price(ask('openai', 'gpt-5', million)))).toBe('1');
  });

  test('is taken at run time, and an empty one gives the table back', async () => {
    const pricer = createPricer();
    expect(usd(pricer.price(ask('openai', 'gpt-5', million)))).toBe('1.25');
    expect(pricer.reload(await readOverridesFile('{version: 1, prices: [{match: {model: gpt-5}, per_mtok: {input: "1"}}]}', 'p.yaml'))).toEqual([]);
    expect(usd(pricer.price(ask('openai', 'gpt-5', million)))).toBe('1');
    pricer.reload(undefined);
    expect(usd(pricer.price(ask('openai', 'gpt-5', million)))).toBe('1.25');
  });

  test('that is wrong is told with its line, and the last good ones stay', async () => {
    const pricer = await pricerWith('{version: 1, prices: [{match: {model: gpt-5}, per_mtok: {input: "1"}}]}');
    const problems = pricer.reload(await readOverridesFile('version: 1\nprices:\n  - match: {model: gpt-5}\n    per_mtok:\n      input: 1.5\n', 'prices.yaml'));
    expect(problems).toEqual([
      {
        where: 'prices.yaml:5',
        key: 'prices.0.per_mtok.input',
        seen: '1.5',
        wanted: 'dollars for a million tokens in quotes, such as "1.25", or null for unpriced',
      },
    ]);
    expect(usd(pricer.price(ask('openai', 'gpt-5', million)))).toBe('1');
  });
});

const problemsOf = async (yaml: string): Promise<readonly string[]> => (await pricerWith(yaml)).problems.map((problem) => overrideError(problem).message);

describe('what is wrong in a file is told in words, with its line', () => {
  test.each([
    ['version: 2\n', 'f:1: version is 2, wanted 1.'],
    ['prices: []\n', 'version is missing, wanted 1.'],
    ['version: 1\nprice: []\n', ':2: price is [], wanted one of version, prices, aliases, discounts, free.'],
    ['version: 1\nprices:\n  - per_mtok: {input: "1"}\n', ':3: prices.0.match is missing, wanted what the price is for.'],
    ['version: 1\nprices:\n  - match: {modle: x}\n    per_mtok: {input: "1"}\n', ':3: prices.0.match.modle is "x", wanted one of provider, model, base_url.'],
    ['version: 1\nprices:\n  - match: {model: x}\n    per_mtok: {inptu: "1"}\n', ':4: prices.0.per_mtok.inptu is "1", wanted one of input,'],
    ['version: 1\nprices:\n  - match: {model: x}\n    per_mtok: {input: "-1"}\n', ':4: prices.0.per_mtok.input is "-1", wanted dollars'],
    ['version: 1\nprices:\n  - match: {model: x}\n    per_mtok: {input: "0.0000001"}\n', ':4: prices.0.per_mtok.input is "0.0000001", wanted dollars'],
    [
      'version: 1\nprices:\n  - match: {model: x}\n    effective: {from: 2026-02-30}\n    per_mtok: {input: "1"}\n',
      ':4: prices.0.effective.from is "2026-02-30", wanted a date',
    ],
    [
      'version: 1\nprices:\n  - match: {model: x}\n    effective: {utc: "25:00-26:00"}\n    per_mtok: {input: "1"}\n',
      ':4: prices.0.effective.utc is "25:00-26:00", wanted hours of UTC',
    ],
    [
      'version: 1\nprices:\n  - match: {model: x}\n    effective: {weekdays: [someday]}\n    per_mtok: {input: "1"}\n',
      ':4: prices.0.effective.weekdays is ["someday"], wanted days',
    ],
    [
      'version: 1\nprices:\n  - match: {model: x}\n    effective: {from: soon}\n    per_mtok: {input: "1"}\n',
      ':4: prices.0.effective.from is "soon", wanted a date',
    ],
    [
      'version: 1\nprices:\n  - match: {model: x}\n    when: {batch: sometimes}\n    per_mtok: {input: "1"}\n',
      ':4: prices.0.when.batch is "sometimes", wanted true or false.',
    ],
    [
      'version: 1\nprices:\n  - match: {model: x}\n    above: {prompt_tokens_gt: many, per_mtok: {}}\n    per_mtok: {input: "1"}\n',
      ':4: prices.0.above.prompt_tokens_gt is "many", wanted a whole number',
    ],
    ['version: 1\naliases:\n  - {from: x, to: {provider: openai}}\n', ':3: aliases.0.to is'],
    ['version: 1\ndiscounts:\n  - {match: {provider: openai}, multiplier: "free"}\n', ':3: discounts.0.multiplier is "free", wanted a factor'],
    ['version: 1\ndiscounts:\n  - {match: {provider: openai}, multiplier: 0}\n', ':3: discounts.0.multiplier is 0, wanted a factor above 0 and up to 100'],
    ['version: 1\ndiscounts:\n  - {match: {provider: openai}}\n', ':3: discounts.0.multiplier is missing, wanted a factor'],
    [
      'version: 1\nprices:\n  - match: {model: x}\n    effective: {from: 2026-11-30, to: 2026-11-01}\n    per_mtok: {input: "1"}\n',
      ':4: prices.0.effective.to is "2026-11-01", wanted a day or an instant after from, which is 2026-11-30',
    ],
    [
      'version: 1\nprices:\n  - match: {model: x}\n    effective: {from: 2026-11-30, to: 2026-11-30}\n    per_mtok: {input: "1"}\n',
      ':4: prices.0.effective.to is "2026-11-30", wanted a day or an instant after from',
    ],
    ['version: 1\nfree:\n  - {}\n', ':3: free.0 is empty, wanted at least one of'],
    ['version: 1\nprices: {}\n', ':2: prices is {}, wanted a list.'],
    ['version: 1\nprices: [1]\n', ':2: prices.0 is 1, wanted a mapping.'],
    ['version: [1\n', 'wanted a mapping with version and prices'],
  ])('%j', async (yaml, wanted) => {
    const problems = await problemsOf(yaml);
    expect(problems.some((problem) => problem.replace('prices.yaml:', 'f:').includes(wanted.replace(/^:/, 'f:')))).toBe(true);
  });

  test('at the start an entry with a problem is left out and the others hold', async () => {
    const pricer = await pricerWith(
      'version: 1\nprices:\n  - {match: {model: gpt-5}, per_mtok: {input: wrong}}\n  - {match: {model: gpt-5-mini}, per_mtok: {input: "9"}}\n',
    );
    expect(pricer.problems).toHaveLength(1);
    expect(usd(pricer.price(ask('openai', 'gpt-5', million)))).toBe('1.25');
    expect(usd(pricer.price(ask('openai', 'gpt-5-mini', million)))).toBe('9');
  });
});
