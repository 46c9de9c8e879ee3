/** Places that several entries point to. */
import type { EntrySource } from '../overlay-entry.ts';

export const LITELLM: EntrySource = {
  url: 'https://github.com/BerriAI/litellm/blob/main/model_prices_and_context_window.json',
  observed: '2026-08-01',
  note: 'the copy committed in Prajwalsrinvas/token-tariff at 77b8722',
};
export const PORTKEY: EntrySource = { url: 'https://github.com/Portkey-AI/models/tree/main/pricing', observed: '2026-08-21' };
export const OPENAI_FAST: EntrySource = {
  url: 'https://openai.com/api-fast-mode/',
  observed: '2026-11-20',
  note: 'Priority processing was renamed Fast mode on 2026-07-30; the table of the page gives both names the same price',
};
