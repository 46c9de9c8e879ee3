/**
 * Makes a witness out of a whole collection: `node tools/prices/read-witness.ts litellm FILE 2026-08-01` for LiteLLM's
 * model_prices_and_context_window.json, `... portkey DIR 2026-08-21` for the `pricing` folder of Portkey-AI/models.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findModel } from '../../src/pricing/match/find-model.ts';
import type { PriceTable, RateKey } from '../../src/pricing/table/price-table.ts';
import type { Witness } from './witness.ts';

type Cells = Record<string, Partial<Record<RateKey, number>>>;
type Dollars = Readonly<Partial<Record<RateKey, unknown>>>;

const table = JSON.parse(readFileSync(new URL('../../src/pricing/table.json', import.meta.url), 'utf8')) as PriceTable;

const pico = (perToken: number): number => Math.round(perToken * 1e12);

const add = (cells: Cells, provider: string, name: string, dollars: Dollars): void => {
  const found = findModel(table, provider, name);
  if (found === undefined || found.provider !== provider || (found.match !== 'exact' && found.match !== 'alias')) return;
  const rates: Partial<Record<RateKey, number>> = { ...cells[`${provider}/${found.id}`] };
  for (const [key, value] of Object.entries(dollars)) if (typeof value === 'number' && value > 0) rates[key as RateKey] ??= pico(value);
  if (Object.keys(rates).length > 0) cells[`${provider}/${found.id}`] = rates;
};

const LITELLM: Readonly<Record<string, string>> = {
  openai: 'openai',
  anthropic: 'anthropic',
  gemini: 'google',
  deepseek: 'deepseek',
  mistral: 'mistral',
  xai: 'x-ai',
  groq: 'groq',
  cerebras: 'cerebras',
  cohere_chat: 'cohere',
  perplexity: 'perplexity',
  bedrock: 'aws',
  bedrock_converse: 'aws',
  azure: 'azure',
};

const fromLitellm = (file: string): Cells => {
  const cells: Cells = {};
  const models = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Record<string, unknown>>;
  for (const [key, data] of Object.entries(models)) {
    const provider = LITELLM[String(data['litellm_provider'])];
    // A Bedrock id without a place is priced differently by different collections, and that is not settled.
    if (
      provider === undefined ||
      (provider === 'aws' && /anthropic|openai/.test(key) && !/^(?:us|global)\./.test(key)) ||
      /^azure\/(?:eu|us|global)\//.test(key)
    )
      continue;
    add(cells, provider, key.replace(/^(?:gemini|deepseek|mistral|xai|groq|cerebras|perplexity|azure|cohere_chat)\//, ''), {
      in: data['input_cost_per_token'],
      read: data['cache_read_input_token_cost'],
      w5: data['cache_creation_input_token_cost'],
      w1: data['cache_creation_input_token_cost_above_1hr'],
      out: data['output_cost_per_token'],
    });
  }
  return cells;
};

const PORTKEY: Readonly<Record<string, string>> = {
  'openai.json': 'openai',
  'anthropic.json': 'anthropic',
  'google.json': 'google',
  'deepseek.json': 'deepseek',
  'mistral-ai.json': 'mistral',
  'x-ai.json': 'x-ai',
  'groq.json': 'groq',
  'cerebras.json': 'cerebras',
  'cohere.json': 'cohere',
  'perplexity-ai.json': 'perplexity',
  'bedrock.json': 'aws',
  'azure-openai.json': 'azure',
};

type PortkeyModel = {
  readonly pricing_config?: { readonly pay_as_you_go?: Record<string, { readonly price?: number } & Record<string, { readonly price?: number }>> };
};

/** Portkey writes cents for a token. */
const cents = (price: number | undefined): number | undefined => (price === undefined ? undefined : price / 100);

const fromPortkey = (dir: string): Cells => {
  const cells: Cells = {};
  for (const file of readdirSync(dir)) {
    const provider = PORTKEY[file];
    if (provider === undefined) continue;
    for (const [name, model] of Object.entries(JSON.parse(readFileSync(join(dir, file), 'utf8')) as Record<string, PortkeyModel>)) {
      const prices = model.pricing_config?.pay_as_you_go;
      if (name === 'default' || prices === undefined || (provider === 'aws' && /anthropic|openai/.test(name) && !/^(?:us|global)\./.test(name))) continue;
      add(cells, provider, name, {
        in: cents(prices['request_token']?.price),
        read: cents(prices['cache_read_input_token']?.price),
        w5: cents(prices['cache_write_input_token']?.price),
        w1: cents(prices['additional_units']?.['cache_write_1h']?.price),
        out: cents(prices['response_token']?.price),
      });
    }
  }
  return cells;
};

const [, , name = '', path = '', observed = ''] = process.argv;
const witness: Witness =
  name === 'litellm'
    ? { source: 'https://github.com/BerriAI/litellm model_prices_and_context_window.json', licence: 'MIT', observed, cells: fromLitellm(path) }
    : { source: 'https://github.com/Portkey-AI/models pricing/', licence: 'MIT', observed, cells: fromPortkey(path) };
const sorted = Object.fromEntries(Object.entries(witness.cells).sort(([a], [b]) => (a < b ? -1 : 1)));
const lines = Object.entries(sorted).map(([key, rates]) => `    ${JSON.stringify(key)}: ${JSON.stringify(rates)}`);
writeFileSync(
  new URL(`witness/${name}.json`, import.meta.url),
  `{\n  "source": ${JSON.stringify(witness.source)},\n  "licence": "${witness.licence}",\n  "observed": "${observed}",\n  "cells": {\n${lines.join(',\n')}\n  }\n}\n`,
);
console.log(`${Object.keys(sorted).length} models`);
