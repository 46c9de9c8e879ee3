import type { OverlayEntry } from '../overlay-entry.ts';
import { LITELLM } from './sources.ts';

const provider = 'anthropic';
const PAGE = 'https://platform.claude.com/docs/en/about-claude/pricing';

const SINCE_4_6 = [
  'claude-opus-4-6',
  'claude-opus-4-7',
  'claude-opus-4-8',
  'claude-opus-5',
  'claude-opus-5-5',
  'claude-sonnet-4-6',
  'claude-sonnet-5',
  'claude-sonnet-5-5',
  'claude-haiku-5-5',
  'claude-fable-5',
  'claude-fable-5-1',
  'claude-mythos-5',
  'claude-mythos-5-1',
];

export const ANTHROPIC: readonly OverlayEntry[] = [
  {
    kind: 'model',
    provider,
    id: 'claude-sonnet-5-5',
    aliases: ['/^claude-sonnet-5-5-\\d{8}$/', '^claude-sonnet-5.5'],
    cards: [
      { from: '2026-09-28', usd: { in: '2', read: '0.20', w5: '2.50', w1: '4', out: '10', web: '0.01' } },
      { from: '2026-10-07', usd: { in: '2', read: '0.10', w5: '2.50', w1: '4', out: '10', web: '0.01' } },
    ],
    source: {
      url: 'https://github.com/TheKrush/PromptFuel/releases/tag/v1.0.23',
      observed: '2026-10-16',
      note: 'card at launch: https://platform.claude.com/docs/zh-CN/models/sonnet-5-5/overview; the cut also in kurofune/claudit v1.9.2',
    },
  },
  {
    kind: 'model',
    provider,
    id: 'claude-haiku-5-5',
    aliases: ['/^claude-haiku-5-5-\\d{8}$/', '^claude-haiku-5.5'],
    cards: [
      {
        from: '2026-10-07',
        usd: { in: '0.10', read: '0.01', w5: '0.125', w1: '0.20', out: '0.50', web: '0.01' },
        over: { n: 100_000, usd: { in: '0.50', read: '0.05', w5: '0.625', w1: '1', out: '2.50' } },
      },
    ],
    source: {
      url: 'https://platform.claude.com/docs/zh-CN/models/haiku-5-5/overview',
      observed: '2026-11-20',
      note: 'reads and 1h writes of both bands: kurofune/claudit v1.9.2',
    },
  },
  {
    kind: 'model',
    provider,
    id: 'claude-mythos-5-1',
    aliases: ['/^claude-mythos-5-1-\\d{8}$/'],
    cards: [{ usd: { in: '10', read: '0.25', w5: '12.50', w1: '20', out: '50' } }],
    source: { url: PAGE, observed: '2026-11-20' },
  },
  {
    kind: 'model',
    provider,
    id: 'claude-mythos-5',
    aliases: ['/^claude-mythos-5-\\d{8}$/'],
    cards: [{ usd: { in: '10', read: '1', w5: '12.50', w1: '20', out: '50' } }],
    source: { url: PAGE, observed: '2026-11-20' },
  },
  {
    kind: 'factors',
    provider,
    models: ['claude-3*', 'claude-opus*', 'claude-sonnet*', 'claude-haiku*', 'claude-fable*', 'claude-mythos*'],
    x: { batch: [1, 2] },
    source: {
      url: 'https://docs.anthropic.com/en/docs/build-with-claude/batch-processing',
      observed: '2026-11-20',
      note: 'half of the standard price; combines with the prices of the cache',
    },
  },
  {
    kind: 'factors',
    provider,
    models: ['claude-opus-4-6', 'claude-opus-4-7'],
    x: { fast: [6, 1] },
    source: LITELLM,
  },
  {
    kind: 'factors',
    provider,
    models: ['claude-opus-4-8', 'claude-opus-5'],
    x: { fast: [2, 1] },
    source: { ...LITELLM, note: 'and https://github.com/pydantic/genai-prices/issues/429, which quotes the page' },
  },
  {
    kind: 'factors',
    provider,
    models: ['claude-opus-5-5'],
    x: { fast: [2, 1] },
    source: { url: 'https://github.com/TheKrush/PromptFuel/releases/tag/v1.0.21', observed: '2026-09-23', note: 'fast mode at 8 and 40' },
  },
  {
    kind: 'factors',
    provider,
    models: SINCE_4_6,
    x: { 'geo:us': [11, 10] },
    source: {
      url: 'https://docs.aws.amazon.com/claude-platform/latest/userguide/data-residency.html',
      observed: '2026-11-20',
      note: 'a multiplier of 1.1 for inference in the US; Opus 4.6, Sonnet 4.6 and later',
    },
  },
];
