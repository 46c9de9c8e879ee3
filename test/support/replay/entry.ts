import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** A recorded HTTP exchange, with the facts that a reader of it must find. */
export interface RecordedEntry {
  readonly id: string;
  readonly provider: string;
  /** The company or program that answered, such as `groq`. */
  readonly vendor: string;
  readonly api: string;
  readonly model: string | null;
  readonly stream: boolean;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: unknown;
    readonly body_text?: string;
  };
  readonly response: {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: unknown;
    readonly sse_text?: string;
    readonly body_text?: string;
  };
  readonly expected: ExpectedFacts;
}

/** Token counts that compare over providers; null where the response holds none. */
export interface NormalisedCounts {
  readonly input_tokens_total?: number | null;
  readonly cached_input_tokens?: number | null;
  readonly cache_creation_input_tokens?: number | null;
  readonly output_tokens_total?: number | null;
  readonly reasoning_tokens?: number | null;
}

/** What the raw response says, read from it when the set was made. */
export interface ExpectedFacts {
  readonly response_model?: string | null;
  readonly response_id?: string | null;
  readonly finish_reasons?: readonly (string | null)[] | null;
  readonly http_status?: number;
  readonly outcome?: string;
  readonly normalised?: NormalisedCounts | null;
  /** Sums over the passes of one call; they differ from the top level where it leaves passes out. */
  readonly all_iterations?: {
    readonly input_tokens: number;
    readonly output_tokens: number;
    readonly cached_input_tokens: number;
    readonly cache_creation_input_tokens: number;
    readonly equals_top_level: boolean;
  } | null;
}

/** Reads a recordings file; empty lines count for nothing. */
export const loadEntries = async (file: string): Promise<RecordedEntry[]> => {
  const entries: RecordedEntry[] = [];
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() !== '') entries.push(JSON.parse(line) as RecordedEntry);
  }
  return entries;
};
