/** Makes docs/PRICING.md from its introduction, the table and the overlay. `node tools/docs/pricing.ts` writes it, `--check` compares. */
import { readFileSync } from 'node:fs';
import { bundledTable } from '../../src/pricing/table/bundled-table.ts';
import type { CardData, ProviderData } from '../../src/pricing/table/price-table.ts';
import type { OverlayEntry } from '../prices/overlay-entry.ts';
import { OVERLAY } from '../prices/overlay/index.ts';
import { publish } from './publish.ts';

const TARGET = 'docs/PRICING.md';
const INTRO = new URL('pricing-intro.md', import.meta.url);

const has =
  (...keys: readonly string[]) =>
  ({ x = {} }: CardData): boolean =>
    keys.some((key) => (key.endsWith(':') ? Object.keys(x).some((name) => name.startsWith(key)) : x[key] !== undefined));

/** What a card may hold besides plain prices. */
const COLUMNS: Readonly<Record<string, (card: CardData) => boolean>> = {
  'cache reads': ({ r }) => typeof r.read === 'number',
  '1h writes': ({ r }) => typeof r.w1 === 'number',
  'batch or flex': has('batch', 'flex'),
  priority: has('priority'),
  'fast mode': has('fast'),
  'by place': has('geo:', 'region'),
  'long prompts': ({ over }) => over !== undefined,
  'by date or hour': ({ from, utc }) => from !== undefined || utc !== undefined,
  disputed: ({ q }) => q !== undefined,
};

const providerRow = ([id, { models }]: readonly [string, ProviderData]): string => {
  const all = Object.values(models);
  const counts = Object.values(COLUMNS).map((test) => all.filter(({ c }) => c.some(test)).length);
  return `| ${[`\`${id}\``, all.length, ...counts.map((count) => (count === 0 ? '' : count))].join(' | ')} |`;
};

const KINDS: Readonly<Record<OverlayEntry['kind'], string>> = {
  model: 'the whole model',
  rates: 'single prices',
  derive: 'a price by another one',
  factors: 'factors of tiers and places',
  free: 'free of charge',
  alias: 'other names',
  once: 'charged once a call',
  borrow: 'another one’s list',
  flat: 'one price for all modalities',
  disputed: 'sources disagree',
  settled: 'sources disagreed, this one is right',
};

const modelsOf = (entry: OverlayEntry): string => {
  if ('models' in entry) return entry.models.map((name) => `\`${name}\``).join(' ');
  return 'id' in entry ? `\`${entry.id}\`` : 'all';
};

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');

const entryRow = (entry: OverlayEntry): string => {
  const { url, observed, note } = entry.source;
  return `| \`${entry.provider}\` | ${modelsOf(entry)} | ${KINDS[entry.kind]} | <${url}>${note === undefined ? '' : `; ${cell(note)}`} | ${observed} |`;
};

/** The text of docs/PRICING.md. */
export const pricingDoc = (): string => {
  const { version, sources, providers } = bundledTable();
  const rows = Object.entries(providers)
    .toSorted(([a, { models: one }], [b, { models: other }]) => Object.keys(other).length - Object.keys(one).length || (a < b ? -1 : 1))
    .map(providerRow);
  const models = Object.values(providers).reduce((sum, provider) => sum + Object.keys(provider.models).length, 0);
  const heads = ['provider', 'models', ...Object.keys(COLUMNS)];
  return `${readFileSync(INTRO, 'utf8').trimEnd()}

## What is in the table

<!-- From here on made by tools/docs/pricing.ts from src/pricing/table.json and tools/prices/overlay. Do not edit. -->

Table \`${version}\`: ${models} models of ${rows.length} providers, out of ${sources.join('; ')}.
A column counts the models of which it is known.

| ${heads.join(' | ')} |
|${'---|'.repeat(heads.length)}
${rows.join('\n')}

## What was reviewed by hand

The ${OVERLAY.length} entries of the overlay, each with the address and the day on which it was read there.

| provider | models | what | read at | on |
|---|---|---|---|---|
${OVERLAY.map(entryRow).join('\n')}
`;
};

if (import.meta.main) publish({ [TARGET]: pricingDoc() });
