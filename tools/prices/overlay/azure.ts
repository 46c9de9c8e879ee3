import type { OverlayEntry } from '../overlay-entry.ts';
import { LITELLM } from './sources.ts';

const provider = 'azure';
const LUNA = 'https://github.com/BerriAI/litellm/issues/36192';
const NOTE = 'the Azure retail API still had the old price after the cut at OpenAI; cut to it by 2026-10-03: SergeevDmitry/llm-kit usage-tab@1.3.0';

export const AZURE: readonly OverlayEntry[] = [
  {
    kind: 'model',
    provider,
    id: 'gpt-5.6-luna',
    aliases: ['gpt-5-6-luna', '/^gpt-5[.-]6-luna-\\d{4}-\\d{2}-\\d{2}$/'],
    cards: [
      {
        usd: { in: '1', read: '0.10', w5: '1.25', out: '6' },
        over: { n: 271_999, usd: { in: '2', read: '0.20', w5: '2.50', out: '9' } },
        x: { priority: [2, 1] },
      },
      {
        from: '2026-10-03',
        usd: { in: '0.20', read: '0.02', w5: '0.25', out: '1.20' },
        over: { n: 271_999, usd: { in: '0.40', read: '0.04', w5: '0.50', out: '1.80' } },
        x: { priority: [2, 1], 'geo:eu': [11, 10], 'geo:us': [11, 10] },
      },
    ],
    source: { url: LUNA, observed: '2026-10-03', note: NOTE },
  },
  {
    kind: 'model',
    provider,
    id: 'gpt-5.6-terra',
    aliases: ['gpt-5-6-terra', '/^gpt-5[.-]6-terra-\\d{4}-\\d{2}-\\d{2}$/'],
    cards: [
      {
        usd: { in: '2.50', read: '0.25', w5: '3.125', out: '15' },
        over: { n: 271_999, usd: { in: '5', read: '0.50', w5: '6.25', out: '22.50' } },
        x: { priority: [2, 1] },
      },
      {
        from: '2026-10-03',
        usd: { in: '2', read: '0.20', w5: '2.50', out: '12' },
        over: { n: 271_999, usd: { in: '4', read: '0.40', w5: '5', out: '18' } },
        x: { priority: [2, 1], 'geo:eu': [11, 10], 'geo:us': [11, 10] },
      },
    ],
    source: { url: LUNA, observed: '2026-10-03', note: NOTE },
  },
  {
    kind: 'borrow',
    provider,
    from: 'openai',
    models: [
      'gpt-4o',
      'gpt-4o-mini',
      'gpt-4.1',
      'gpt-4.1-mini',
      'gpt-4.1-nano',
      'gpt-5',
      'gpt-5-mini',
      'gpt-5-nano',
      'gpt-5.1',
      'gpt-5.1-codex-mini',
      'gpt-5.4',
      'gpt-5.5',
    ],
    x: { 'geo:eu': [11, 10], 'geo:us': [11, 10] },
    source: { ...LITELLM, note: 'azure/* and azure/global/* have the prices of OpenAI, azure/eu/* and azure/us/* (data zones) a tenth more' },
  },
  {
    kind: 'factors',
    provider,
    models: ['o1', 'o1-mini', 'o1-preview', 'o3-2025-04-16', 'o3-mini', 'o4-mini'],
    x: { 'geo:eu': [11, 10], 'geo:us': [11, 10] },
    source: { ...LITELLM, note: 'azure/eu/* and azure/us/*' },
  },
];
