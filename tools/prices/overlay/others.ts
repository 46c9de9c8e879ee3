import type { OverlayEntry } from '../overlay-entry.ts';
import { LITELLM, PORTKEY } from './sources.ts';

/** Peak hours of DeepSeek, 09:00 to 12:00 and 14:00 to 18:00 in Beijing on weekdays. Chinese public holidays are not known here. */
const PEAK = {
  utc: [
    [60, 240],
    [360, 600],
  ],
  days: [1, 2, 3, 4, 5],
} as const;
const DEEPSEEK = 'https://api-docs.deepseek.com/quick_start/pricing';
const SWITCH = '2026-08-16T16:00:00Z';

export const OTHERS: readonly OverlayEntry[] = [
  {
    kind: 'model',
    provider: 'deepseek',
    id: 'deepseek-flash',
    cards: [{ usd: { in: '0.15', read: '0.003', out: '0.60' } }, { ...PEAK, usd: { in: '0.30', read: '0.006', out: '1.20' } }],
    source: { url: DEEPSEEK, observed: '2026-11-15', note: 'peak is twice, 01-04 and 06-10 UTC, Monday to Friday except Chinese public holidays' },
  },
  {
    kind: 'model',
    provider: 'deepseek',
    id: 'deepseek-v4-flash',
    aliases: ['^deepseek-v4-flash'],
    cards: [
      { usd: { in: '0.14', read: '0.0028', out: '0.28' } },
      { from: SWITCH, usd: { in: '0.22', read: '0.007', out: '0.66' } },
      { from: SWITCH, ...PEAK, usd: { in: '0.44', read: '0.014', out: '1.32' } },
    ],
    source: {
      url: DEEPSEEK,
      observed: '2026-08-21',
      note: 'prices of @pydantic/genai-prices; its switch is a day late in UTC and its peak has no weekdays and no beginning',
    },
  },
  {
    kind: 'model',
    provider: 'deepseek',
    id: 'deepseek-v4-pro',
    aliases: ['^deepseek-v4-pro'],
    cards: [
      { usd: { in: '0.435', read: '0.003625', out: '0.87' } },
      { from: SWITCH, usd: { in: '0.66', read: '0.022', out: '1.98' } },
      { from: SWITCH, ...PEAK, usd: { in: '1.32', read: '0.044', out: '3.96' } },
    ],
    source: { url: DEEPSEEK, observed: '2026-08-21', note: 'as for deepseek-v4-flash' },
  },
  {
    kind: 'disputed',
    provider: 'deepseek',
    models: ['deepseek-chat', 'deepseek-reasoner'],
    rates: ['in', 'read', 'out'],
    source: { ...PORTKEY, note: 'every source differs; the names were aliases of v4-flash at the end and were retired on 2026-07-24' },
  },
  {
    kind: 'model',
    provider: 'mistral',
    id: 'mistral-large-latest',
    cards: [{ usd: { in: '2', out: '6' } }, { from: '2025-12-02', usd: { in: '0.50', read: '0.05', out: '1.50' } }],
    source: { ...PORTKEY, note: 'models.dev, LiteLLM and Portkey: the alias is Large 3 since its release; a Large 4 appeared later, hence disputed' },
  },
  {
    kind: 'disputed',
    provider: 'mistral',
    models: ['mistral-large-latest', 'mistral-small-latest', 'mistral-medium-latest'],
    rates: ['in', 'read', 'out'],
    source: { ...PORTKEY, note: 'three to five different values among the sources' },
  },
  {
    kind: 'settled',
    provider: 'mistral',
    models: ['codestral'],
    rates: ['in', 'out'],
    source: { ...PORTKEY, note: '0.30 and 0.90 in four of five sources; LiteLLM has 1 and 3' },
  },
  {
    kind: 'alias',
    provider: 'x-ai',
    id: 'grok-4.20',
    aliases: ['grok-4.20-0309', 'grok-4.20-0309-reasoning', 'grok-4.20-0309-non-reasoning', 'grok-4.20-reasoning', 'grok-4.20-non-reasoning'],
    source: {
      url: 'https://docs.apiyi.com/en/api-capabilities/model-info',
      observed: '2026-07-13',
      note: '1.25 and 2.50, checked there against xAI; LiteLLM and Portkey still have 2 and 6',
    },
  },
  { kind: 'disputed', provider: 'x-ai', models: ['grok-4.20'], rates: ['in', 'out'], source: LITELLM },
  { kind: 'disputed', provider: 'x-ai', models: ['grok-4.5'], rates: ['read'], source: { ...LITELLM, note: '0.50; three other sources have 0.30' } },
  {
    kind: 'factors',
    provider: 'groq',
    models: ['*'],
    x: { flex: [1, 1], batch: [1, 2] },
    source: {
      url: 'https://console.groq.com/docs/flex-processing',
      observed: '2026-11-20',
      note: 'flex costs what on-demand does; batch is half: https://console.groq.com/docs/batch',
    },
  },
  {
    kind: 'rates',
    provider: 'openrouter',
    models: ['google/gemini-2.5-pro'],
    usd: { read: '0.125', w5: '0.375' },
    over: { read: '0.25' },
    replace: true,
    source: { ...PORTKEY, note: 'models.dev and the page of Google agree; the source has 0.31 and 1.625' },
  },
  {
    kind: 'rates',
    provider: 'openrouter',
    models: ['google/gemini-2.5-flash'],
    usd: { read: '0.03' },
    replace: true,
    source: {
      url: 'https://ai.google.dev/gemini-api/docs/pricing',
      observed: '2026-11-20',
      note: 'OpenRouter passes the price of Google on: 2,161 cached tokens in a recorded response cost 0.03 $/M',
    },
  },
  {
    kind: 'rates',
    provider: 'perplexity',
    models: ['sonar'],
    usd: { req: '0.005' },
    replace: true,
    source: {
      url: 'https://docs.perplexity.ai/getting-started/pricing',
      observed: '2026-11-20',
      note: 'low search context, which is the default, as four recorded responses were charged; the source has the price of the high one',
    },
  },
  {
    kind: 'alias',
    provider: 'google',
    id: 'gemma-3',
    aliases: ['gemma-3-1b-it', 'gemma-3-4b-it', 'gemma-3-12b-it', 'gemma-3-27b-it'],
    source: { url: 'https://ai.google.dev/gemma/docs/core/gemma_on_gemini_api', observed: '2026-11-20' },
  },
  {
    kind: 'alias',
    provider: 'google',
    id: 'gemma-3n',
    aliases: ['gemma-3n-e2b-it', 'gemma-3n-e4b-it'],
    source: { url: 'https://ai.google.dev/gemma/docs/core/gemma_on_gemini_api', observed: '2026-11-20' },
  },
  {
    kind: 'alias',
    provider: 'openai',
    id: 'gpt-3.5-turbo-instruct',
    aliases: ['gpt-3.5-turbo-instruct:20230824-v2'],
    source: { url: 'https://developers.openai.com/api/docs/models/gpt-3.5-turbo', observed: '2026-11-20', note: 'the name that responses carry' },
  },
  {
    kind: 'rates',
    provider: 'perplexity',
    models: ['sonar-pro', 'sonar-reasoning-pro'],
    usd: { req: '0.006' },
    replace: true,
    source: {
      url: 'https://app.unpkg.com/noodle-perplexity-mcp@1.4.1/files/dist/utils/perplexity-utils/costTracker.js',
      observed: '2025-07-05',
      note: 'low search context, which is the default; 14 for 1,000 in the source is the high one. Responses state their own cost, which wins',
    },
  },
  {
    kind: 'rates',
    provider: 'perplexity',
    models: ['sonar-reasoning'],
    usd: { req: '0.005' },
    replace: true,
    source: {
      url: 'https://app.unpkg.com/noodle-perplexity-mcp@1.4.1/files/dist/utils/perplexity-utils/costTracker.js',
      observed: '2025-07-05',
      note: 'as for sonar-pro',
    },
  },
  {
    kind: 'model',
    provider: 'x-ai',
    id: 'grok-4.7',
    aliases: ['/^grok-4\\.7-\\d{8}$/', 'grok-4.7-latest'],
    cards: [{ usd: { in: '2', read: '0.50', out: '6' }, over: { n: 199_999, usd: { in: '4', read: '1', out: '12' } } }],
    source: {
      url: 'https://raw.githubusercontent.com/api-evangelist/llmabacus/refs/heads/main/changelog/llmabacus-changelog.yml',
      observed: '2026-10-18',
      note: 'from 200,000 tokens on at the long price, as its siblings',
    },
  },
];
