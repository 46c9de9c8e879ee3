import type { OverlayEntry } from '../overlay-entry.ts';
import { LITELLM } from './sources.ts';

const provider = 'google';
const PLANS = 'https://github.com/api-evangelist/deepmind/blob/main/plans/deepmind-plans-pricing.yml';
const OPTIMISE = 'https://ai.google.dev/gemini-api/docs/optimization';

const GEMINI_2 = ['gemini-2.0-flash', 'gemini-2.0-flash-lite', 'gemini-2.5-pro', 'gemini-2.5-flash', 'gemini-2.5-flash-lite', 'gemini-2.5-flash-image'];
const GEMINI_3 = [
  'gemini-3-flash-preview',
  'gemini-3-pro-preview',
  'gemini-3-pro-image-preview',
  'gemini-3.1-flash-image-preview',
  'gemini-3.1-flash-lite',
  'gemini-3.1-pro-preview',
  'gemini-3.5-flash',
  'gemini-3.5-flash-lite',
  'gemini-3.6-flash',
  'gemini-3.7-flash',
  'gemini-3.8-flash',
];
const CLAUDE_WITH_HOUR = [
  'claude-3-7-sonnet',
  'claude-4-opus',
  'claude-4-sonnet',
  'claude-opus-4-6',
  'claude-opus-4-7',
  'claude-opus-4-8',
  'claude-opus-5',
  'claude-sonnet-4-5',
  'claude-sonnet-4-6',
  'claude-fable-5',
];

export const GOOGLE: readonly OverlayEntry[] = [
  {
    kind: 'model',
    provider,
    id: 'gemini-4-argon',
    cards: [
      { from: '2026-09-30', usd: { in: '2', read: '0.10', out: '10', web: '0.014', ground: '0.014', code: '0' }, x: { batch: [1, 2] } },
      { from: '2026-12-01', usd: { in: '4', read: '0.20', out: '20', web: '0.014', ground: '0.014', code: '0' }, x: { batch: [1, 2] } },
    ],
    source: {
      url: 'https://github.com/BerriAI/litellm/discussions/46238',
      observed: '2026-11-20',
      note: 'launch price through 2026-11-30; batch and searches: iyulab/TokenMeter v0.13.1; no long-context tier: BlockRunAI/blockrun-mcp v0.54.6',
    },
  },
  {
    kind: 'flat',
    provider,
    source: {
      url: 'https://ai.google.dev/gemini-api/docs/pricing',
      observed: '2026-11-20',
      note: 'the page lists audio and images apart only where they differ',
    },
  },
  {
    kind: 'factors',
    provider,
    models: [...GEMINI_2, ...GEMINI_3],
    x: { batch: [1, 2] },
    source: { url: OPTIMISE, observed: '2026-11-20', note: 'Batch: 50 % discount' },
  },
  {
    kind: 'factors',
    provider,
    models: ['gemini-2.5-pro', 'gemini-2.5-flash', 'gemini-2.5-flash-lite', ...GEMINI_3],
    x: { flex: [1, 2] },
    source: { url: OPTIMISE, observed: '2026-11-20', note: 'Flex: 50 % discount' },
  },
  {
    kind: 'factors',
    provider,
    models: [
      'gemini-3-flash-preview',
      'gemini-3-pro-preview',
      'gemini-3.1-flash-lite',
      'gemini-3.1-pro-preview',
      'gemini-3.5-flash',
      'gemini-3.5-flash-lite',
      'gemini-3.6-flash',
    ],
    x: { priority: [9, 5] },
    source: { ...LITELLM, note: 'within the 75 to 100 % of ai.google.dev/gemini-api/docs/optimization' },
  },
  {
    kind: 'rates',
    provider,
    models: GEMINI_2,
    usd: { ground: '0.035', web: '0.035', code: '0' },
    source: { ...LITELLM, note: '$35 for 1,000 grounded prompts; the free allowance of a day is not counted here' },
  },
  {
    kind: 'once',
    provider,
    models: GEMINI_2,
    rates: ['ground'],
    source: {
      url: 'https://github.com/iyulab/TokenMeter/releases/tag/v0.13.0',
      observed: '2026-11-20',
      note: 'Gemini 2.5 bills a grounded prompt, however many searches it made, Gemini 3 each search; also you.com/resources/gemini-web-search-api, 2026-09-17',
    },
  },
  {
    kind: 'rates',
    provider,
    models: GEMINI_3,
    usd: { ground: '0.014', web: '0.014', code: '0' },
    source: { url: PLANS, observed: '2026-10-07', note: '$14 for 1,000 searches after 5,000 free ones of a month, which are not counted here' },
  },
  {
    kind: 'alias',
    provider,
    id: 'gemini-2.0-flash',
    aliases: ['gemini-2.0-flash-001', 'gemini-2.0-flash-exp'],
    source: { url: 'https://ai.google.dev/gemini-api/docs/models', observed: '2026-11-20' },
  },
  {
    kind: 'derive',
    provider,
    models: CLAUDE_WITH_HOUR,
    rate: 'w1',
    of: 'in',
    times: [2, 1],
    source: { ...LITELLM, note: 'cache_creation_input_token_cost_above_1hr of the vertex_ai/claude-* entries is twice their input' },
  },
  {
    kind: 'derive',
    provider,
    models: ['claude-opus-5-5', 'claude-fable-5-1'],
    rate: 'w1',
    of: 'in',
    times: [2, 1],
    source: {
      url: 'https://platform.claude.com/docs/en/about-claude/pricing',
      observed: '2026-11-20',
      note: 'newer than the source that lists Vertex; the rule of all its Claude entries and of the page',
    },
  },
  {
    kind: 'factors',
    provider,
    models: [
      'claude-sonnet-4-5',
      'claude-opus-4-6',
      'claude-opus-4-7',
      'claude-opus-4-8',
      'claude-opus-5',
      'claude-opus-5-5',
      'claude-sonnet-4-6',
      'claude-fable-5',
      'claude-fable-5-1',
    ],
    x: { region: [11, 10] },
    source: {
      url: 'https://docs.claude.com/en/docs/build-with-claude/claude-on-vertex-ai',
      observed: '2026-11-20',
      note: 'regional endpoints carry a premium of 10 % from Sonnet 4.5 on',
    },
  },
  {
    kind: 'borrow',
    provider,
    from: 'anthropic',
    models: ['claude-haiku-4-5', 'claude-opus-4-5', 'claude-sonnet-5', 'claude-sonnet-5-5', 'claude-haiku-5-5'],
    x: { region: [11, 10] },
    source: {
      url: 'https://docs.claude.com/en/docs/build-with-claude/claude-on-vertex-ai',
      observed: '2026-11-20',
      note: 'global endpoints carry no premium, those of a region 10 %, as of Sonnet 4.5 and all later models; the source does not list these on Vertex',
    },
  },
  {
    kind: 'factors',
    provider,
    models: ['claude-sonnet-4-5'],
    x: { batch: [1, 2] },
    source: LITELLM,
  },
  {
    kind: 'free',
    provider,
    models: ['gemma-3', 'gemma-3n', 'gemma-4-26b-a4b-it', 'gemma-4-31b-it'],
    source: { url: 'https://ai.google.dev/gemini-api/docs/pricing', observed: '2026-11-20', note: 'Gemma is free of charge on the Gemini API' },
  },
  {
    kind: 'settled',
    provider,
    models: ['gemini-3.6-flash'],
    rates: ['in', 'read', 'out'],
    source: {
      url: PLANS,
      observed: '2026-10-07',
      note: '0.75 and 3.75 until 2026-12-31 is the promotion, 1.50 and 7.50 of LiteLLM the price before and after',
    },
  },
];
