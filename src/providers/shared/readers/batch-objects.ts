import { rememberBatchFile } from '../batch-files.ts';
import type { ReadOptions } from '../dialect.ts';
import { list, obj, str, type Json } from '../json.ts';
import { BatchResults, geminiAnswer, type ReaderOfAnswer } from './batch-results.ts';
import { PlainResponse } from './plain.ts';

/** Reads a batch of OpenAI's, and remembers the file that holds its results: those tell its usage, request by request. */
export class OpenaiBatch extends PlainResponse {
  protected override readEvent(json: unknown): void {
    super.readEvent(json);
    rememberBatchFile(obj(json)?.['output_file_id'], this.model);
  }
}

/** Where results stand, those of embeddings in either. */
const INLINED = ['inlinedResponses', 'inlinedEmbedContentResponses'] as const;

const outputOf = (batch: Json): Json | undefined => obj(batch['response']) ?? obj(obj(batch['metadata'])?.['output']);

/**
 * Reads a Gemini batch, which carries its results once it is done, or names the file that holds them.
 * @source @google/genai 3.1 `batchJobFromMldev`; ai.google.dev/api/batch-api, 2026
 */
export class GeminiBatch extends BatchResults {
  override readonly isLines = false;

  constructor(provider: string, options: ReadOptions, readerOf: ReaderOfAnswer) {
    super(provider, options, geminiAnswer, readerOf);
  }

  protected override readBody(json: unknown): void {
    const batch = obj(json);
    if (batch === undefined) return;
    const about = obj(batch['metadata']);
    const output = outputOf(batch);
    this.id = str(batch['name']);
    this.status = str(about?.['state']);
    this.model = str(about?.['model'])?.replace(/^models\//, '');
    rememberBatchFile(output?.['responsesFile'], this.model);
    for (const name of INLINED) for (const one of list(obj(output?.[name])?.['inlinedResponses'])) this.readEvent(one);
    if (batch['error'] !== undefined) this.readError(batch);
    this.ended = true;
  }
}
