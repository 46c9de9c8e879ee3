import type { Dialect } from '../../../call/call.ts';
import type { Usage } from '../../../call/usage.ts';
import type { ReadOptions, ResponseReader } from '../dialect.ts';
import { obj, type Json } from '../json.ts';
import { ResponseReaderBase } from '../response-reader.ts';
import { BatchSum } from '../usage/batch-sum.ts';

/** One answer among the results of a batch, in the form in which its own endpoint gives it. */
export interface BatchAnswer {
  readonly dialect: Dialect;
  readonly body: Json;
}

/** Makes the reader of one answer. */
export type ReaderOfAnswer = (dialect: Dialect) => ResponseReader;

/** What an answer of OpenAI's is, by its `object`. */
const OPENAI_OBJECTS: ReadonlyMap<unknown, Dialect> = new Map<unknown, Dialect>([
  ['chat.completion', 'openai.chat'],
  ['response', 'openai.responses'],
  ['text_completion', 'openai.completions'],
  ['list', 'openai.embeddings'],
]);

/** Pictures do not say what they are. */
const isPictures = (body: Json | undefined): boolean => body?.['object'] === undefined && typeof body?.['created'] === 'number' && Array.isArray(body['data']);

/**
 * Finds the answer in a line of an output file; none where the request failed.
 * @source openai 7.55 `Batch.output_file_id`; platform.openai.com/docs/guides/batch, 2026
 */
export const openaiAnswer = (line: Json): BatchAnswer | undefined => {
  const body = obj(obj(line['response'])?.['body']);
  const dialect = isPictures(body) ? 'openai.images' : OPENAI_OBJECTS.get(body?.['object']);
  return body === undefined || dialect === undefined ? undefined : { dialect, body };
};

/**
 * Finds the answer in a line of results; none where the request failed, was cancelled or expired.
 * @source @anthropic-ai/sdk 1.11 `MessageBatchIndividualResponse`
 */
export const anthropicAnswer = (line: Json): BatchAnswer | undefined => {
  const body = obj(obj(line['result'])?.['message']);
  return body === undefined ? undefined : { dialect: 'anthropic.messages', body };
};

/**
 * Finds the answer in one of a batch's inlined responses or in a line of its file; none where the request failed. The one count of an embedding is a
 * number written as a text, as 64-bit ones are.
 * @source @google/genai 3.1 `InlinedResponse`, `SingleEmbedContentResponse`; ai.google.dev/gemini-api/docs/batch-api, 2026
 */
export const geminiAnswer = (line: Json): BatchAnswer | undefined => {
  const body = obj(line['response']);
  if (body === undefined) return undefined;
  if (body['embedding'] === undefined) return { dialect: 'google.generate_content', body };
  const { tokenCount, usageMetadata = tokenCount === undefined ? undefined : { promptTokenCount: Number(tokenCount) } } = body;
  return { dialect: 'google.embed_content', body: { usageMetadata } };
};

/** Reads the results of a batch, a JSON line for each request, and adds up what they used. */
export class BatchResults extends ResponseReaderBase {
  readonly isLines: boolean = true;
  readonly #sum = new BatchSum();
  readonly #answerOf: (line: Json) => BatchAnswer | undefined;
  readonly #readerOf: ReaderOfAnswer;

  constructor(provider: string, options: ReadOptions, answerOf: (line: Json) => BatchAnswer | undefined, readerOf: ReaderOfAnswer) {
    super(provider, options);
    this.#answerOf = answerOf;
    this.#readerOf = readerOf;
  }

  /** A file of one line is a whole JSON as well. */
  protected override readBody(json: unknown): void {
    this.readEvent(json);
  }

  protected override readEvent(json: unknown): void {
    const line = obj(json);
    const answer = line === undefined ? undefined : this.#answerOf(line);
    if (answer === undefined) return;
    const reader = this.#readerOf(answer.dialect);
    reader.body(answer.body);
    const { usage, response } = reader.facts();
    if (usage === undefined) return;
    this.model ??= response.model;
    this.#sum.add(usage, response.model);
  }

  protected override usage(): Usage | undefined {
    return this.#sum.usage;
  }

  /** Results are counted whole or not at all. */
  protected override isUnfinished(): boolean {
    return false;
  }
}
