import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { PriceContext, PriceQuestion } from '../../call/cost.ts';
import { PurserError } from '../../call/errors.ts';
import { epochMs, type PicoUsd } from '../../call/units.ts';
import type { PerCallFees, Usage } from '../../call/usage.ts';
import { regionOfHost } from '../../call/region-of-host.ts';
import { readDollars } from './dollars.ts';
import { readRawUsage } from './raw-usage.ts';

type Json = Readonly<Record<string, unknown>>;

/** One call of a file, ready to be priced. */
export interface FileCase {
  readonly id: string;
  readonly question: PriceQuestion;
  /** What the file says it cost; `undefined` when it does not say. */
  readonly stated: PicoUsd | undefined;
  /** Why it cannot be priced again from what was stored, where that is so. */
  readonly lost?: LostUsage;
}

/** What a span does not keep of a usage: its passes one by one, or any of it. */
export type LostUsage = 'passes' | 'usage';

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** Reads a JSON file, or a file of one JSON object a line. @throws {input_invalid} when it cannot be read or parsed. */
export const readJsonFile = (file: string, cwd: string): unknown => {
  let content: string;
  try {
    content = readFileSync(resolve(cwd, file), 'utf8');
  } catch {
    throw new PurserError('input_invalid', { where: file, key: 'FILE', seen: 'a file that cannot be read', wanted: 'a JSON file' });
  }
  try {
    return JSON.parse(content);
  } catch {
    return content
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line, index): unknown => {
        try {
          return JSON.parse(line);
        } catch {
          throw new PurserError('input_invalid', {
            where: `${file}:${index + 1}`,
            key: 'FILE',
            seen: 'a line that is no JSON',
            wanted: 'JSON, or one JSON object a line',
          });
        }
      });
  }
};

/** How a call's context may be written, by what it means to a price. */
const NAMES = {
  servedTier: ['service_tier', 'served_service_tier', 'served_tier'],
  requestedTier: ['requested_service_tier', 'requested_tier'],
  speed: ['speed'],
  geo: ['inference_geo', 'geo', 'data_residency'],
  region: ['region', 'location'],
  baseUrl: ['base_url'],
} as const;

const first = (context: Json, keys: readonly string[]): string | undefined => keys.map((key) => text(context[key])).find((value) => value !== undefined);

const defined = <T extends object>(record: { readonly [K in keyof T]: T[K] | undefined }): T =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T;

/** Azure's data zones and regional deployments are places with a price of their own; its global ones are none. */
const azurePlace = (deployment: string | undefined): string | undefined => {
  if (deployment === undefined || /global/i.test(deployment)) return undefined;
  return /eu/i.test(deployment) ? 'eu' : 'us';
};

const contextOf = (context: Json, response: { readonly serviceTier?: string; readonly speed?: string; readonly geo?: string }): PriceContext =>
  defined<PriceContext>({
    servedTier: first(context, NAMES.servedTier) ?? response.serviceTier,
    requestedTier: first(context, NAMES.requestedTier),
    batch: typeof context['batch'] === 'boolean' ? context['batch'] : undefined,
    speed: first(context, NAMES.speed) ?? response.speed,
    geo: first(context, NAMES.geo) ?? response.geo ?? azurePlace(text(context['deployment_type'])),
    region: first(context, NAMES.region) ?? regionOfHost(URL.parse(first(context, NAMES.baseUrl) ?? '')?.hostname),
    baseUrl: first(context, NAMES.baseUrl),
  });

const FEES: Readonly<Record<string, keyof PerCallFees>> = {
  web_searches: 'webSearch',
  web_search_requests: 'webSearch',
  grounding: 'grounding',
  grounding_requests: 'webSearch',
  // Searches and grounded prompts have one price; searches are never charged once for several.
  grounded_prompts: 'webSearch',
  grounding_queries: 'grounding',
  web_search_queries: 'grounding',
  code_executions: 'codeExecution',
  file_searches: 'fileSearch',
  images: 'image',
};

/** Counts of tools that a file states beside the usage, where the usage itself has none. */
const withFees = (usage: Usage | undefined, context: Json): Usage | undefined => {
  if (usage === undefined || usage.fees !== undefined) return usage;
  const fees: Partial<Record<keyof PerCallFees, number>> = {};
  for (const [key, fee] of Object.entries(FEES)) {
    const count = context[key];
    if (count === true) fees[fee] = 1;
    else if (typeof count === 'number' && count > 0) fees[fee] = (fees[fee] ?? 0) + count;
  }
  return Object.keys(fees).length === 0 ? usage : { ...usage, fees };
};

const bad = (where: string, key: string, seen: unknown, wanted: string): PurserError =>
  new PurserError('input_invalid', { where, key, seen: JSON.stringify(seen) ?? 'missing', wanted });

const instantOf = (value: Json, where: string): number => {
  const at = value['at'] ?? value['timestamp'];
  const atMs = typeof at === 'number' ? at : Date.parse(text(at) ?? '');
  if (Number.isNaN(atMs)) throw bad(where, 'at', at, 'an instant such as 2026-11-20T12:00:00Z');
  return atMs;
};

const readQuestion = (value: Json, where: string): PriceQuestion => {
  const provider = text(value['provider']) ?? '';
  const requestModel = text(value['model']) ?? text(value['request_model']);
  const context = isJson(value['context']) ? value['context'] : {};
  const call = { provider, model: requestModel ?? '', api: text(context['api']), operation: text(context['operation']) };
  const raw = readRawUsage(value['usage'], call);
  return {
    provider,
    requestModel,
    responseModel: text(context['response_model']) ?? text(value['response_model']),
    at: epochMs(instantOf(value, where)),
    usage: context['usage_missing'] === true ? undefined : withFees(raw.usage, context),
    context: contextOf(context, raw.response),
  };
};

const statedOf = (value: Json, where: string): PicoUsd | undefined => {
  const key = value['usd'] === undefined ? 'cost_usd' : 'usd';
  const stated = value[key];
  // `null` is what purser cost prints where there is no price.
  if (stated === undefined || stated === null || stated === '') return undefined;
  const amount = readDollars(stated);
  if (amount === undefined) throw bad(where, key, stated, 'dollars such as "0.0125", or null');
  return amount;
};

const readCase = (value: unknown, where: string): FileCase => {
  if (!isJson(value)) throw bad(where, 'case', value, 'an object with provider, model, at and usage');
  return { id: text(value['id']) ?? where, question: readQuestion(value, where), stated: statedOf(value, where) };
};

/** Reads the calls of a file: `cases` of an object, an array, or one object a line. @throws {input_invalid} with the place of what is wrong. */
export const readCases = (file: string, cwd: string): readonly FileCase[] => {
  const content = readJsonFile(file, cwd);
  const list: unknown = isJson(content) && Array.isArray(content['cases']) ? content['cases'] : Array.isArray(content) ? content : [content];
  return (list as readonly unknown[]).map((value, index) => readCase(value, `${file}#${index}`));
};
