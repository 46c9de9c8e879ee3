import type { OverlayEntry } from '../overlay-entry.ts';
import { LITELLM, OPENAI_FAST } from './sources.ts';

const provider = 'aws';

const both = (name: string): readonly string[] => [`global.anthropic.${name}`, `regional.anthropic.${name}`];
const SINCE_4_5 = [
  ...both('claude-haiku-4-5-20251001-v1:0'),
  ...both('claude-sonnet-4-5-20250929-v1:0'),
  ...both('claude-sonnet-4-6-v1:0'),
  ...both('claude-sonnet-5-v1:0'),
  ...both('claude-opus-4-5-v1:0'),
  ...both('claude-opus-4-6-v1:0'),
  ...both('claude-opus-4-7-v1:0'),
  ...both('claude-opus-4-8-v1:0'),
  ...both('claude-opus-5'),
  ...both('claude-fable-5-v1:0'),
];

export const BEDROCK: readonly OverlayEntry[] = [
  {
    kind: 'model',
    provider,
    id: 'amazon.titan-embed-text-v2:0',
    cards: [{ usd: { in: '0.02' } }],
    source: {
      url: 'https://openrouter.ai/amazon/titan-embed-text-v2/providers',
      observed: '2026-10-26',
      note: 'listed there since that day, at the price of AWS, 0.00002 for a thousand tokens; the source gives version 2 the price of version 1, 0.10',
    },
  },
  {
    kind: 'settled',
    provider,
    models: ['global.openai.gpt-5.6-sol', 'regional.openai.gpt-5.6-sol'],
    rates: ['in', 'read', 'w5', 'out'],
    source: {
      ...OPENAI_FAST,
      note: 'the cut of 2026-08-21: the page has fast, which is twice, at 8, 0.80 and 40; the Portkey snapshot is of the same day and before it',
    },
  },
  {
    kind: 'derive',
    provider,
    models: SINCE_4_5,
    rate: 'w1',
    of: 'in',
    times: [2, 1],
    source: { ...LITELLM, note: 'cache_creation_input_token_cost_above_1hr of every Bedrock entry since Claude 4.5 is twice its input: 6.60 at 3.30' },
  },
  {
    kind: 'derive',
    provider,
    models: both('claude-fable-5-1-v1:0'),
    rate: 'w1',
    of: 'in',
    times: [2, 1],
    source: {
      url: 'https://platform.claude.com/docs/en/about-claude/pricing',
      observed: '2026-11-20',
      note: 'newer than the source that lists Bedrock; the rule of all its Claude entries and of the page',
    },
  },
  {
    kind: 'factors',
    provider,
    models: ['meta.llama4-maverick-17b-instruct-v1:0', 'meta.llama4-scout-17b-instruct-v1:0'],
    x: { batch: [1, 2] },
    source: LITELLM,
  },
  {
    kind: 'settled',
    provider,
    models: [...SINCE_4_5, 'regional.anthropic.claude-3-7-sonnet-20250219-v1:0'],
    rates: ['in', 'read', 'w5', 'w1', 'out'],
    source: {
      url: 'https://docs.aws.amazon.com/bedrock/latest/userguide/global-cross-region-inference.html',
      observed: '2026-11-20',
      note: 'global profiles are about 10 % cheaper than regional ones, which Portkey does not know; its 3.7 Sonnet has reads and writes the wrong way round',
    },
  },
  {
    kind: 'disputed',
    provider,
    models: ['amazon.nova-pro-v1:0', 'amazon.nova-lite-v1:0'],
    rates: ['read'],
    source: {
      url: 'https://github.com/Portkey-AI/models/blob/main/pricing/bedrock.json',
      observed: '2026-08-21',
      note: 'twice what the other two sources say; not read at AWS',
    },
  },
];
