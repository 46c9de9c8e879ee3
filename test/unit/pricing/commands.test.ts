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

const cwd = mkdtempSync(join(tmpdir(), 'purser-commands-'));
const file = (name: string, content: unknown): string => {
  writeFileSync(join(cwd, name), typeof content === 'string' ? content : JSON.stringify(content));
  return name;
};

const runs = (command: typeof cost, ...args: readonly string[]): ReturnType<typeof runsIn> => runsIn({ cwd, env: {} }, command, ...args);

test('a day that is not in the calendar is no instant', async () => {
  expect(await runs(prices, 'gpt-5', '--at', '2026-02-30')).toMatchObject({ code: 2, err: expect.stringContaining('--at is 2026-02-30') as string });
});

describe('purser cost', () => {
  test('prints one line a case with the exact dollars and the lines of the bill', async () => {
    const { code, out } = await runs(cost, '--usage', file('cases.json', { cases: [CASE, { ...CASE, id: 'b', model: 'gpt-99' }] }));
    expect(code).toBe(0);
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([
      {
        id: 'a',
        usd: '0.00225',
        lines: [
          { item: 'input', quantity: 1000, usd: '0.00125' },
          { item: 'output', quantity: 100, usd: '0.001' },
        ],
        match: 'exact',
        confidence: 'exact',
      },
      { id: 'b', usd: null, reason: 'unknown_model', lines: [] },
    ]);
  });

  test('reads one case a line, and an array', async () => {
    expect((await runs(cost, file('lines.jsonl', `${JSON.stringify(CASE)}\n${JSON.stringify(CASE)}\n`))).out.split('\n')).toHaveLength(3);
    expect((await runs(cost, file('array.json', [CASE]))).out).toContain('"usd":"0.00225"');
  });

  test.each([
    [
      'geography',
      { context: { inference_geo: 'us' }, provider: 'anthropic', model: 'claude-opus-5', usage: { input_tokens: 1000, output_tokens: 0 } },
      '0.0055',
    ],
    [
      'a data zone of Azure',
      { context: { deployment_type: 'DataZoneStandard' }, provider: 'azure.ai.openai', model: 'gpt-5.4', usage: { prompt_tokens: 1000, completion_tokens: 0 } },
      '0.00275',
    ],
    [
      'a region of Vertex',
      { context: { region: 'us-east5' }, provider: 'gcp.vertex_ai', model: 'claude-sonnet-4-5@20250929', usage: { input_tokens: 1000, output_tokens: 0 } },
      '0.0033',
    ],
    [
      'grounding beside the usage',
      { context: { grounded_prompts: 2 }, provider: 'google', model: 'gemini-2.5-pro', usage: { promptTokenCount: 1000, totalTokenCount: 1000 } },
      '0.07125',
    ],
    [
      'searches in the grounding of an answer, charged once before Gemini 3',
      {
        provider: 'google',
        model: 'gemini-2.5-pro',
        usage: { promptTokenCount: 0, totalTokenCount: 1000, candidatesTokenCount: 1000, groundingMetadata: { webSearchQueries: ['a', 'b'] } },
      },
      '0.045',
    ],
    [
      'searches in the grounding of an answer, charged each since Gemini 3',
      {
        provider: 'google',
        model: 'gemini-3.8-flash',
        usage: { promptTokenCount: 0, totalTokenCount: 1000, candidatesTokenCount: 1000, groundingMetadata: { webSearchQueries: ['a', 'b'] } },
      },
      '0.03175',
    ],
    ['a place in the usage', { provider: 'anthropic', model: 'claude-opus-5', usage: { input_tokens: 1000, output_tokens: 0, inference_geo: 'us' } }, '0.0055'],
    [
      'a tier in the usage of Vertex',
      { provider: 'gcp.vertex_ai', model: 'gemini-3.1-pro-preview', usage: { promptTokenCount: 1000, totalTokenCount: 1000, trafficType: 'ON_DEMAND_FLEX' } },
      '0.001',
    ],
    [
      'a region in the address of Vertex',
      {
        context: { base_url: 'https://us-east5-aiplatform.googleapis.com' },
        provider: 'gcp.vertex_ai',
        model: 'claude-opus-5',
        usage: { input_tokens: 1000, output_tokens: 0 },
      },
      '0.0055',
    ],
    [
      'pictures',
      {
        model: 'gpt-image-1.5',
        usage: { input_tokens: 50, output_tokens: 1000, total_tokens: 1050, input_tokens_details: { text_tokens: 50, image_tokens: 0 } },
      },
      '0.03225',
    ],
    [
      'transcriptions',
      {
        model: 'gpt-4o-transcribe',
        usage: { type: 'tokens', input_tokens: 140, input_token_details: { audio_tokens: 100, text_tokens: 40 }, output_tokens: 10 },
      },
      '0.0008',
    ],
    ['a whole response', { usage: { model: 'gpt-5-2025-08-07', usage: { prompt_tokens: 1000, completion_tokens: 100 } } }, '0.00225'],
    [
      'passes of one call',
      {
        provider: 'anthropic',
        model: 'claude-sonnet-5',
        usage: {
          input_tokens: 162,
          output_tokens: 11,
          iterations: [
            { input_tokens: 99_195, output_tokens: 81 },
            { input_tokens: 162, output_tokens: 11 },
          ],
        },
      },
      '0.199634',
    ],
    [
      'xAI by another name',
      { provider: 'xai', model: 'grok-4.3', usage: { prompt_tokens: 1000, completion_tokens: 100, completion_tokens_details: { reasoning_tokens: 200 } } },
      '0.002',
    ],
    [
      'Bedrock Converse',
      { context: {}, provider: 'aws.bedrock', model: 'amazon.nova-pro-v1:0', usage: { inputTokens: 1000, outputTokens: 100, totalTokens: 1100 } },
      '0.00112',
    ],
    ['Cohere', { context: {}, provider: 'cohere', model: 'command-a-03-2025', usage: { billed_units: { input_tokens: 1000, output_tokens: 100 } } }, '0.0035'],
    [
      'events of a chat stream',
      { context: {}, usage: { events: [{ choices: [] }, { choices: [], usage: { prompt_tokens: 1000, completion_tokens: 100 } }] } },
      '0.00225',
    ],
    ['a fast answer', { context: { service_tier: 'fast' } }, '0.0045'],
  ])('understands %s', async (_, change, usd) => {
    const { out } = await runs(cost, file('one.json', [{ ...CASE, ...change }]));
    expect(JSON.parse(out)).toMatchObject({ usd });
  });

  test.each([
    ['a file that is not there', ['--usage', 'missing.json'], /missing\.json: FILE is a file that cannot be read/],
    ['what is no JSON', [file('bad.json', '{"cases": [')], /bad\.json:1: FILE is a line that is no JSON/],
    ['a case without a time', [file('late.json', [{ ...CASE, at: 'soon' }])], /late\.json#0: at is "soon", wanted an instant/],
    ['a case that is none', [file('none.json', { cases: [3] })], /none\.json#0: case is 3/],
    [
      'overrides that are wrong',
      [file('ok.json', [CASE]), '--overrides', file('bad.yaml', 'version: 1\nprices:\n  - match: {model: x}\n    per_mtok: {input: 3}\n')],
      /bad\.yaml:4: prices\.0\.per_mtok\.input is 3/,
    ],
    ['a table that is none', [file('ok2.json', [CASE]), '--table', file('table.json', {})], /table\.json: table is a table that cannot be used/],
    ['no arguments', [], /Usage: purser cost/],
    ['an option that it does not have', ['--nonsense'], /nonsense/],
  ])('tells %s in words and with 2', async (_, args, words) => {
    const { code, err, out } = await runs(cost, ...args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(words);
  });

  test('shows its usage when asked', async () => expect(await runs(cost, '--help')).toMatchObject({ code: 0, err: '' }));
});

describe('purser prices', () => {
  test('shows what applies, by dimension, and why', async () => {
    const { code, out } = await runs(prices, 'claude-haiku-5-5', '--at', '2026-11-20T12:00:00Z');
    expect(code).toBe(0);
    expect(out).toContain('claude-haiku-5-5 at anthropic: claude-haiku-5-5, matched by exact, in force since 2026-10-07');
    expect(out).toMatch(/ {2}cacheRead +\$0\.01 for 1M tokens/);
    expect(out).toContain('a prompt of more than 100000 tokens moves the whole request');
    expect(out).toContain('batch x 1/2, geo:us x 11/10');
  });
  test('shows a tier, a scheduled price and a free model', async () => {
    expect((await runs(prices, 'openai/gpt-5', '--tier', 'flex')).out).toMatch(/ {2}output +\$5 for 1M tokens/);
    expect((await runs(prices, 'gemini-3.8-flash')).out).toContain('from 2027-01-01: ');
    expect((await runs(prices, 'omni-moderation-latest')).out).toContain('free of charge');
  });
  test('says so where a price is known to be unknown', async () => {
    expect((await runs(prices, 'gpt-6.2-astra')).out).toContain('moves the whole request to:\n    tokens have no price that is known\n');
  });
  test('marks what sources dispute and what a page does not state', async () => {
    const { out } = await runs(prices, 'gpt-4o-audio-preview', '--provider', 'openai');
    expect(out).toMatch(/audioInput +\$40 for 1M tokens {2}\(sources disagree\)/);
    expect(out).toMatch(/cacheRead +\$2\.5 for 1M tokens {2}\(the page states none/);
  });
  test('gives the same as JSON', async () => {
    expect(JSON.parse((await runs(prices, 'gpt-5', '--json')).out)).toMatchObject({ provider: 'openai', match: 'exact', matchedModel: 'gpt-5', free: false });
  });
  test('says of a private host that list prices need not hold there, with 1', async () => {
    const ended = await runs(prices, 'gpt-oss-120b', '--provider', 'openai', '--base-url', 'http://10.1.2.3:4000/v1');
    expect(ended).toMatchObject({ code: 1, out: '', err: expect.stringContaining('list prices need not hold on a private host. Name who answers there') });
  });
  test('says of an unknown model that there is no price, with 1', async () => {
    expect(await runs(prices, 'gpt-99-ultra')).toMatchObject({ code: 1, out: '', err: expect.stringContaining('No price is known for gpt-99-ultra') });
  });
});

describe('purser reprice', () => {
  const stored = span({
    'gen_ai.usage.input_tokens': 2006,
    'gen_ai.usage.output_tokens': 300,
    'gen_ai.usage.cache_read.input_tokens': 1920,
    'gen_ai.usage.reasoning.output_tokens': 192,
    'gen_ai.usage.cost.amount': 0.0033475,
  });

  test('finds no drift where the table is the same', async () => {
    const { code, out } = await runs(reprice, file('spans.jsonl', `${stored}\n`));
    expect(code).toBe(0);
    expect(out).toContain('openai/gpt-5: 1 calls, 0 changed, $0.0033475 -> $0.0033475 (0.00 %)');
  });

  test('reports the drift of another table, by model and call by call', async () => {
    const table = structuredClone(bundledTable()) as unknown as { sha256: string; providers: Record<string, { models: Record<string, unknown> }> };
    const models = table.providers['openai']?.models ?? {};
    models['gpt-5'] = { c: [{ r: { in: 2_500_000, read: 250_000, out: 20_000_000 } }] };
    const { hashProviders } = await import('../../../src/pricing/table/check-table.ts');
    const other = file('other.json', { ...table, sha256: hashProviders(table.providers) });
    expect((await runs(reprice, file('spans.jsonl', `${stored}\n`), '--table', other)).out).toContain('1 changed, $0.0033475 -> $0.006695 (100.00 %)');
    expect(JSON.parse((await runs(reprice, 'spans.jsonl', '--table', other, '--json')).out)).toMatchObject({ id: 's1', model: 'gpt-5', now: '0.006695' });
  });

  test('leaves what a provider stated as it is, and counts what has gained a price', async () => {
    const own = span({ 'gen_ai.usage.input_tokens': 1000, 'gen_ai.usage.cost.amount': 7.5, 'gen_ai.usage.cost.source': 'provider' }, 's2');
    const unpriced = span({ 'gen_ai.usage.input_tokens': 1000 }, 's3');
    const log = JSON.stringify({ kind: 'log', spanId: 's1', attributes: { 'gen_ai.provider.name': 'openai' } });
    const { out } = await runs(reprice, file('more.jsonl', [own, unpriced, log].join('\n')));
    expect(out).toContain('openai/gpt-5: 2 calls, 1 changed, $7.5 -> $7.5 (0.00 %), 1 newly priced');
  });

  test('reads OTLP', async () => {
    const attributes = [
      { key: 'gen_ai.provider.name', value: { stringValue: 'anthropic' } },
      { key: 'gen_ai.request.model', value: { stringValue: 'claude-opus-5' } },
      { key: 'gen_ai.usage.input_tokens', value: { intValue: '12005' } },
      { key: 'gen_ai.usage.cache_read.input_tokens', value: { intValue: '10000' } },
      { key: 'gen_ai.usage.cache_write.input_tokens', value: { intValue: '2000' } },
      { key: 'purser.usage.cache_write_1h.input_tokens', value: { intValue: '800' } },
      { key: 'gen_ai.usage.output_tokens', value: { intValue: '350' } },
      { key: 'gen_ai.usage.cost.amount', value: { doubleValue: 0.029275 } },
    ];
    const otlp = { resourceSpans: [{ scopeSpans: [{ spans: [{ spanId: 'x', startTimeUnixNano: '1795176000000000000', attributes }] }] }] };
    expect((await runs(reprice, file('otlp.json', otlp))).out).toContain('anthropic/claude-opus-5: 1 calls, 0 changed');
  });

  test('invents no drift: the place in the address, its port and its scheme count as they did when the call was priced', async () => {
    const overrides = file(
      'places.yaml',
      [
        'version: 1',
        'free: [{base_url: "http://localhost:*"}, {base_url: "http://gateway.example/*"}]',
        'prices:',
        '  - {match: {base_url: "https://llm.example.com:8443/*"}, per_mtok: {input: "7", output: "7"}}',
      ].join('\n'),
    );
    const tokens = { 'gen_ai.usage.input_tokens': 1000, 'gen_ai.usage.output_tokens': 0 };
    const called = (address: string, port: number, amount: number, more: Readonly<Record<string, unknown>> = {}): string =>
      span({ ...tokens, 'server.address': address, 'server.port': port, 'gen_ai.usage.cost.amount': amount, ...more });
    const claude = {
      'gen_ai.provider.name': 'gcp.vertex_ai',
      'gen_ai.request.model': 'claude-sonnet-4-5@20250929',
      'gen_ai.response.model': 'claude-sonnet-4-5-20250929',
    };
    const spans = [
      called('us-east5-aiplatform.googleapis.com', 443, 0.0033, claude),
      called('aiplatform.googleapis.com', 443, 0.003, claude),
      called('localhost', 11434, 0),
      called('gateway.example', 80, 0),
      called('llm.example.com', 8443, 0.007),
      called('llm.example.com', 443, 0.00125),
      called('api.openai.com', 443, 0.000625, { 'gen_ai.operation.name': 'batch' }),
    ];
    const { out } = await runs(reprice, file('places.jsonl', spans.join('\n')), '--overrides', overrides, '--json');
    expect(out).toBe('');
  });

  test('leaves out what a span does not hold in full, and says how many', async () => {
    const passes = span(
      { 'gen_ai.usage.input_tokens': 99_357, 'gen_ai.usage.output_tokens': 92, 'gen_ai.usage.cost.amount': 1, 'purser.usage.passes': 2 },
      's4',
    );
    const estimate = span({ 'gen_ai.usage.cost.amount': 0.5, 'purser.cost.estimated': true }, 's5');
    const own = span(
      { 'gen_ai.usage.input_tokens': 9, 'gen_ai.usage.cost.amount': 7.5, 'gen_ai.usage.cost.source': 'provider', 'purser.usage.passes': 2 },
      's6',
    );
    const images = span({ 'gen_ai.response.model': 'gpt-5', 'purser.usage.fees.webSearch': 1, 'gen_ai.usage.cost.amount': 0.01 }, 's7');
    const spans = file('lost.jsonl', [stored, passes, passes, estimate, own, images].join('\n'));
    const { out } = await runs(reprice, spans);
    expect(out).toContain('openai/gpt-5: 3 calls, 0 changed, $7.5133475 -> $7.5133475');
    expect(out).toContain('\n2 calls left out: their usage is the sum of several passes');
    expect(out).toContain('\n1 calls left out: their span holds a cost and no usage');
    expect(await runs(reprice, spans, '--json')).toMatchObject({ out: '', err: expect.stringContaining('2 calls left out') });
    // A cost that was stored counts where nothing has to be priced again.
    const exported = file('lost.csv', 'date,cost\n2026-11-20,1\n');
    expect((await runs(reconcile, exported, '--calls', file('passes.jsonl', passes))).out).toContain('here $1 in 1 calls (+0.00 %)');
    const bare = span({ 'gen_ai.usage.input_tokens': 99_357, 'purser.usage.passes': 2 });
    expect((await runs(reconcile, exported, '--calls', file('bare.jsonl', bare))).out).toContain('here $0 in 1 calls (-100.00 %), 1 without a price');
  });

  test('says of spans of other things that there is nothing to price', async () => {
    expect((await runs(reprice, file('http.jsonl', JSON.stringify({ spanId: 'h', attributes: { 'http.request.method': 'GET' } })))).err).toContain(
      'spans without gen_ai.provider.name',
    );
  });
});

describe('purser reconcile', () => {
  const calls = file(
    'calls.jsonl',
    [
      span({ 'gen_ai.usage.input_tokens': 800_000, 'gen_ai.usage.output_tokens': 0, 'gen_ai.usage.cost.amount': 1 }),
      span({ 'gen_ai.usage.input_tokens': 800_000 }, 's2'),
    ].join('\n'),
  );

  test('compares OpenAI’s cost API, by day and by the model of its lines', async () => {
    const exported = {
      object: 'page',
      data: [
        {
          object: 'bucket',
          start_time: 1795132800,
          end_time: 1795219200,
          results: [
            { amount: { value: 1.5, currency: 'usd' }, line_item: 'gpt-5-2025-08-07, input' },
            { amount: { value: 0.5, currency: 'usd' }, line_item: 'gpt-5-2025-08-07, output' },
          ],
        },
      ],
    };
    const { code, out } = await runs(reconcile, file('openai.json', exported), '--calls', calls);
    expect(code).toBe(0);
    expect(out).toContain('2026-11-20  gpt-5: provider $2, here $2 in 2 calls (+0.00 %)');
  });

  test('compares Anthropic’s cost report, whose amounts are cents', async () => {
    const exported = {
      data: [
        {
          starting_at: '2026-11-20T00:00:00Z',
          ending_at: '2026-11-21T00:00:00Z',
          results: [{ currency: 'USD', amount: '250.5', model: 'gpt-5', cost_type: 'tokens' }],
        },
      ],
    };
    const { code, out } = await runs(reconcile, file('anthropic.json', exported), '--calls', calls, '--within', '10');
    expect(code).toBe(1);
    expect(out).toContain('2026-11-20  gpt-5: provider $2.505, here $2 in 2 calls (-20.16 %)');
  });

  test('compares CSV by day where it names no model', async () => {
    const csv = 'start_time_iso,amount_value,amount_currency,line_item\r\n"2026-11-20T00:00:00+00:00",1.9,usd,\r\n2026-11-21T00:00:00+00:00,"0.25",usd,\r\n';
    const { out } = await runs(reconcile, file('openai.csv', csv), '--calls', calls);
    expect(out.split('\n').slice(0, 3)).toEqual([
      '2026-11-20  all models: provider $1.9, here $2 in 2 calls (+5.26 %)',
      '2026-11-21  all models: provider $0.25, here $0 in 0 calls (-100.00 %)',
      'in all  all models: provider $2.15, here $2 in 2 calls (-6.98 %)',
    ]);
  });

  test('compares Anthropic’s CSV by model', async () => {
    const csv = 'usage_date_utc,model,token_type,cost_usd\n2026-11-20,gpt-5,input,2.00\n';
    expect(JSON.parse((await runs(reconcile, file('anthropic.csv', csv), '--calls', calls, '--json')).out)).toEqual({
      day: '2026-11-20',
      model: 'gpt-5',
      provider_usd: '2',
      own_usd: '2',
      calls: 2,
      unpriced: 0,
    });
  });

  test('reads amounts as exports write them: with an exponent, groups of thousands and a currency sign', async () => {
    const csv = 'date,model,cost_usd\n2026-11-20,gpt-5,2.5E-03\n2026-11-20,gpt-5,"$1,234.50"\n2026-11-20,gpt-5,-$0.5\n2026-11-20,gpt-5,\nTotal,,1\n';
    expect((await runs(reconcile, file('signs.csv', csv), '--calls', calls)).out).toContain('2026-11-20  gpt-5: provider $1234.0025, here $2 in 2 calls');
    const results = [
      { amount: { value: '2.5e-03' }, line_item: 'gpt-5, input' },
      { amount: { value: 1e-7 }, line_item: 'gpt-5, output' },
    ];
    const exported = { data: [{ start_time: 1795132800, results }] };
    expect((await runs(reconcile, file('signs.json', exported), '--calls', calls)).out).toContain('2026-11-20  gpt-5: provider $0.0025001,');
  });

  test.each([
    ['euros.csv', 'date,model,cost_usd\n2026-11-20,gpt-5,1\n\n2026-11-20,"a\nb","1.234,50"\n', 'euros.csv:4: cost_usd is "1.234,50", wanted an amount'],
    ['words.csv', 'date,cost\n2026-11-20,n/a\n', 'words.csv:2: cost is "n/a", wanted an amount'],
    [
      'words.json',
      { data: [{ start_time: 1795132800, results: [{ amount: { value: 1 } }, { amount: { value: 'much' } }] }] },
      'words.json: data.0.results.1.amount.value is "much", wanted an amount',
    ],
    ['cents.json', { data: [{ starting_at: '2026-11-20T00:00:00Z', results: [{ amount: true }] }] }, 'cents.json: data.0.results.0.amount is true'],
  ])('refuses an amount with a day that it cannot read, by line and value: %s', async (name, content, words) => {
    expect(await runs(reconcile, file(name, content), '--calls', calls)).toMatchObject({ code: 2, out: '', err: expect.stringContaining(words) });
  });

  test.each(['abc', '', '-1', 'Infinity', '5%'])('refuses %j as a limit in percent', async (within) => {
    const csv = file('fine.csv', 'date,model,cost_usd\n2026-11-20,gpt-5,100\n');
    const ended = await runs(reconcile, csv, '--calls', calls, `--within=${within}`);
    expect(ended).toMatchObject({ code: 2, out: '', err: expect.stringContaining('--within is') });
    expect((await runs(reconcile, csv, '--calls', calls, '--within', '2.5')).code).toBe(1);
    expect((await runs(reconcile, csv, '--calls', calls, '--within', '99')).code).toBe(0);
  });

  test('takes the dollars of cases as numbers too, and refuses what are none', async () => {
    const csv = file('case.csv', 'date,model,cost_usd\n2026-11-20,gpt-5,1.5\n');
    const stored = (usd: unknown): string => file('stored.json', [{ ...CASE, usd }]);
    expect((await runs(reconcile, csv, '--calls', stored(1.5))).out).toContain('provider $1.5, here $1.5 in 1 calls (+0.00 %)');
    expect((await runs(reconcile, csv, '--calls', stored(null))).out).toContain('here $0.00225 in 1 calls');
    expect(await runs(reconcile, csv, '--calls', stored('much'))).toMatchObject({ code: 2, err: expect.stringContaining('stored.json#0: usd is "much"') });
  });

  test('says of a stored call that it has no time, and of an export that its days are none', async () => {
    const csv = file('timed.csv', 'date,model,cost_usd\n2026-11-20,gpt-5,1.5\n');
    for (const startTimeUnixNano of [undefined, 'soon']) {
      const spans = file('untimed.json', [{ spanId: 'a1', startTimeUnixNano, attributes: { 'gen_ai.provider.name': 'openai' } }]);
      expect(await runs(reconcile, csv, '--calls', spans)).toMatchObject({ code: 2, out: '', err: expect.stringContaining('the start of a1 is no time') });
    }
    const exported = { data: [{ start_time: 1e15, results: [{ amount: { value: 1 } }] }] };
    expect(await runs(reconcile, file('far.json', exported), '--calls', calls)).toMatchObject({ code: 2, err: expect.stringContaining('no costs with a day') });
  });

  test('says of what is no export that it is none', async () => {
    expect(await runs(reconcile, file('odd.csv', 'a,b\n1,2\n'), '--calls', calls)).toMatchObject({
      code: 2,
      err: expect.stringContaining('no costs with a day'),
    });
    expect(await runs(reconcile, 'odd.csv')).toMatchObject({ code: 2, err: expect.stringContaining('Usage: purser reconcile') });
  });
});
