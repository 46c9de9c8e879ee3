import type { IncomingHttpHeaders } from 'node:http';
import type { Script } from './script.ts';
import type { BilledTokens } from './tokens.ts';

/** A JSON object of unknown members. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** One HTTP request, read to its end. */
export interface Exchange {
  /** Counts from 1 since the last reset; ids of responses are built from it. */
  readonly number: number;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly raw: Buffer;
  readonly body: JsonRecord;
  readonly script: Script;
  readonly tokens: BilledTokens;
  /** 1 for the first attempt of a call. */
  readonly attempt: number;
}

/** The families of wire formats. */
export type Vendor = 'openai' | 'anthropic' | 'google';

/** What the bill keeps besides status and time. */
export interface Billing {
  readonly api: string;
  readonly requestModel: string | undefined;
  readonly model: string | undefined;
  readonly responseId: string | undefined;
  readonly tokens: BilledTokens;
}

/** The answer to a request: a whole body, or events that go out one after the other. */
export type Reply =
  | {
      readonly kind: 'whole';
      readonly status: number;
      readonly contentType?: string;
      readonly body: string | Buffer;
      readonly billing: Billing;
    }
  | {
      readonly kind: 'events';
      readonly contentType: string;
      /** Each with its own framing. */
      readonly events: readonly (string | Buffer)[];
      /** What is sent when the script asks for an error in the middle. */
      readonly errorEvent: string;
      readonly billing: Billing;
    };

/** Answers the requests of one endpoint. */
export type Handler = (exchange: Exchange, model: string | undefined) => Reply;

/** A string member of a body. */
export const stringOf = (record: JsonRecord, name: string): string | undefined => {
  const value = record[name];
  return typeof value === 'string' ? value : undefined;
};

/** Seconds since the epoch at which every fixture was created: answers stay the same from run to run. */
export const CREATED = 1_763_632_800;

const WORDS =
  'The purser keeps the accounts of the ship: who drew on the stores, what it cost, and what is left for the voyage. Nothing leaves the hold unseen. '.split(
    ' ',
  );

const WIDE = ['Zahlmeister', 'Größe', 'λογαριασμός', 'счёт', '帳簿', '🚢🧾', 'e\u0301te\u0301'];

/** The words of the answer, each with the blank that follows it. */
export const answerWords = (script: Script): readonly string[] => {
  if (script.text !== undefined) return script.text.match(/\S+\s*|\s+/g) ?? [''];
  const words: string[] = [];
  const all = script.isWide ? WIDE : WORDS;
  for (let i = 0; i < script.chunks; i++) words.push(`${all[i % all.length]} `);
  return script.bigBytes === 0 ? words : words.with(script.chunks >> 1, `${'x'.repeat(script.bigBytes)} `);
};

/** Fixed arguments of the tool call that a script may ask for. */
export const TOOL_ARGUMENTS = { city: 'Lisbon', unit: 'celsius' } as const;

const DATED = /-\d{4}-?\d{2}-?\d{2}$|-latest$|\//;

/** The model that the response names: as scripted, otherwise the requested one with the day that real providers add. */
export const servedModel = (exchange: Exchange, requested: string | undefined, suffix: string): string => {
  if (exchange.script.model !== undefined) return exchange.script.model;
  const model = requested ?? 'local-model';
  return DATED.test(model) ? model : (DATED_NAMES[model] ?? `${model}${suffix}`);
};

/** The dated names under which providers answer for undated ones. */
const DATED_NAMES: Readonly<Record<string, string>> = {
  'gpt-4o': 'gpt-4o-2024-08-06',
  'gpt-4o-mini': 'gpt-4o-mini-2024-07-18',
  'gpt-4.1': 'gpt-4.1-2025-04-14',
  'gpt-4.1-mini': 'gpt-4.1-mini-2025-04-14',
  'gpt-4.1-nano': 'gpt-4.1-nano-2025-04-14',
  'gpt-5': 'gpt-5-2025-08-07',
  'gpt-5-mini': 'gpt-5-mini-2025-08-07',
  'gpt-5-nano': 'gpt-5-nano-2025-08-07',
  'o4-mini': 'o4-mini-2025-04-16',
  'claude-sonnet-4-5': 'claude-sonnet-4-5-20250929',
  'claude-haiku-4-5': 'claude-haiku-4-5-20251001',
  'claude-opus-4-5': 'claude-opus-4-5-20251101',
};

/** Numbers an id so that it has the length of a real one. */
export const idOf = (prefix: string, number: number): string => `${prefix}${number.toString(36).padStart(24, 'L0cal')}`;

/** Frames a JSON text as a server-sent event. */
export const sse = (json: string, event?: string): string => (event === undefined ? `data: ${json}\n\n` : `event: ${event}\ndata: ${json}\n\n`);
