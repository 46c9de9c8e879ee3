import { readFileSync } from 'node:fs';
import { calcPrice, waitForUpdate, type MatchLogic, type Usage as TheirUsage } from '@pydantic/genai-prices';
import { describe, expect, test, vi } from 'vitest';
import type { UsageBuckets } from '../../../src/call/usage.ts';
import { globTest } from '../../../src/pricing/overrides/overrides.ts';
import { createPricer } from '../../../src/pricing/pricer.ts';
import { ask, at, usageOf } from './ask.ts';

/** A difference that somebody has looked at. All that is given must fit. */
interface Explained {
  readonly models: readonly string[];
  readonly uses?: readonly string[];
  readonly theirs?: string;
  readonly ours?: string;
  readonly why: string;
}

interface Difference {
  readonly model: string;
  readonly use: string;
  readonly theirs: string;
  readonly ours: string;
  readonly partial: boolean;
}

const explained = JSON.parse(readFileSync(new URL('genai-prices-differences.json', import.meta.url), 'utf8')) as readonly Explained[];

interface Use {
  readonly theirs: TheirUsage;
  readonly ours: Partial<UsageBuckets>;
  readonly searches?: number;
  readonly when: string;
}

const NOON = '2026-11-20T12:00:00Z';
const USES: Readonly<Record<string, Use>> = {
  plain: { theirs: { input_tokens: 1000, output_tokens: 500 }, ours: { input: 1000, output: 500 }, when: NOON },
  cached: { theirs: { input_tokens: 1000, cache_read_tokens: 400, output_tokens: 500 }, ours: { input: 600, cacheRead: 400, output: 500 }, when: NOON },
  written: { theirs: { input_tokens: 1000, cache_write_tokens: 300, output_tokens: 500 }, ours: { input: 700, cacheWrite5m: 300, output: 500 }, when: NOON },
  hour: {
    theirs: { input_tokens: 1000, cache_write_tokens: 300, cache_write_1h_tokens: 300, output_tokens: 500 },
    ours: { input: 700, cacheWrite1h: 300, output: 500 },
    when: NOON,
  },
  long: { theirs: { input_tokens: 300_000, output_tokens: 500 }, ours: { input: 300_000, output: 500 }, when: NOON },
  thinking: {
    theirs: { input_tokens: 1000, output_tokens: 500, output_reasoning_tokens: 200 },
    ours: { input: 1000, output: 300, reasoning: 200 },
    when: NOON,
  },
  audio: { theirs: { input_tokens: 1000, input_audio_tokens: 800, output_tokens: 500 }, ours: { input: 200, audioInput: 800, output: 500 }, when: NOON },
  search: { theirs: { input_tokens: 1000, output_tokens: 500, web_searches: 3 }, ours: { input: 1000, output: 500 }, searches: 3, when: NOON },
  'in March at 02:00': { theirs: { input_tokens: 1000, output_tokens: 500 }, ours: { input: 1000, output: 500 }, when: '2026-03-03T02:00:00Z' },
  'at the switch': { theirs: { input_tokens: 1000, output_tokens: 500 }, ours: { input: 1000, output: 500 }, when: '2026-08-16T20:00:00Z' },
  'at the peak': { theirs: { input_tokens: 1000, output_tokens: 500 }, ours: { input: 1000, output: 500 }, when: '2026-11-20T02:00:00Z' },
  'on a Sunday': { theirs: { input_tokens: 1000, output_tokens: 500 }, ours: { input: 1000, output: 500 }, when: '2026-11-22T02:00:00Z' },
};

const fragments = (match: MatchLogic): readonly string[] => {
  if ('or' in match) return match.or.flatMap(fragments);
  if ('and' in match) return match.and.flatMap(fragments);
  return 'regex' in match ? [] : Object.values(match);
};

const theirPrice = (provider: string, name: string, use: Use): string => {
  try {
    const result = calcPrice(use.theirs, name, { providerId: provider, timestamp: new Date(use.when) });
    return result === null ? 'null' : String(result.total_price);
  } catch {
    return 'throws';
  }
};

const isSame = (theirs: string, ours: string): boolean => {
  const [a, b] = [Number(theirs), Number(ours)];
  return theirs === ours || (!Number.isNaN(a) && !Number.isNaN(b) && Math.abs(a - b) <= 1e-12 + Math.abs(a) * 1e-9);
};

const pricer = createPricer();

const compare = (provider: string, name: string, label: string, use: Use): Difference | undefined => {
  const theirs = theirPrice(provider, name, use);
  const usage = usageOf(use.ours, use.searches === undefined ? {} : { fees: { webSearch: use.searches } });
  const cost = pricer.price({ ...ask(provider, name, {}), usage, at: at(use.when) });
  const ours = cost.kind === 'priced' ? String(Number(cost.amount) / 1e12) : cost.reason;
  const partial = cost.kind === 'priced' && cost.confidence === 'partial';
  return isSame(theirs, ours) ? undefined : { model: `${provider}/${name}`, use: label, theirs, ours, partial };
};

const explains = (entry: Explained, difference: Difference): boolean =>
  (entry.uses === undefined || entry.uses.includes(difference.use)) &&
  (entry.theirs === undefined || entry.theirs === difference.theirs) &&
  (entry.ours === undefined || (entry.ours === 'partial' ? difference.partial : entry.ours === difference.ours)) &&
  entry.models.some((pattern) => globTest(pattern)(difference.model));

const differences = async (): Promise<{ readonly compared: number; readonly found: readonly Difference[] }> => {
  const silent = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const found: Difference[] = [];
  let compared = 0;
  for (const provider of (await waitForUpdate()) ?? [])
    for (const model of provider.models)
      for (const name of new Set([model.id, ...fragments(model.match), ...(model.id === 'claude-sonnet-5' ? ['claude-sonnet-5-5'] : [])]))
        for (const [label, use] of Object.entries(USES)) {
          // A fragment of a pattern may be no name of this model, not even there.
          if (calcPrice({ input_tokens: 1 }, name, { providerId: provider.id })?.model.id !== model.id) break;
          compared++;
          const difference = compare(provider.id, name, label, use);
          if (difference !== undefined) found.push(difference);
        }
  silent.mockRestore();
  return { compared, found };
};

describe('against @pydantic/genai-prices 0.1.8, for every model that it knows, by every name', async () => {
  const { compared, found } = await differences();

  test('the comparison is a large one', () => expect(compared).toBeGreaterThan(30_000));

  test('every difference is explained', () => {
    const strange = found.filter((difference) => !explained.some((entry) => explains(entry, difference)));
    expect(strange.map(({ model, use, theirs, ours }) => `${model} ${use}: ${theirs} there, ${ours} here`)).toEqual([]);
  });

  test('every explanation still explains something', () => {
    const stale = explained.filter((entry) => !found.some((difference) => explains(entry, difference)));
    expect(stale).toEqual([]);
  });

  test('plain text at noon is priced differently for few models only', () => {
    const plain = found.filter(({ use, ours, theirs }) => use === 'plain' && theirs !== '0' && ours !== 'unknown_model');
    expect(plain.map(({ model }) => model)).toEqual([
      'mistral/mistral-large-latest',
      ...['sonar', 'sonar-pro', 'sonar-reasoning', 'sonar-reasoning-pro'].map((name) => `perplexity/${name}`),
    ]);
  });
});
