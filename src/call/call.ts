import type { Labels } from './labels.ts';
import type { EpochMs } from './units.ts';

/**
 * What a call does, as `gen_ai.operation.name` says it; the last four are ours for what the convention has no word for.
 * @source semantic-conventions-genai, registry `gen_ai.operation.name`, 2026-11
 */
export type Operation =
  | 'chat'
  | 'generate_content'
  | 'text_completion'
  | 'invoke_agent'
  | 'embeddings'
  | 'fetch_response'
  | 'execute_tool'
  | 'moderation'
  | 'count_tokens'
  | 'batch'
  | 'other';

/** The wire format that a call speaks. One reader per dialect serves SDK hooks and the wire tap alike. */
export type Dialect =
  | 'openai.chat'
  | 'openai.responses'
  | 'openai.completions'
  | 'openai.embeddings'
  | 'openai.images'
  | 'openai.audio'
  | 'openai.videos'
  | 'openai.decisions'
  | 'openai.moderations'
  | 'openai.batches'
  | 'openai.batch_results'
  | 'openai.agents'
  | 'openai.other'
  | 'anthropic.messages'
  | 'anthropic.count_tokens'
  | 'anthropic.batches'
  | 'anthropic.batch_results'
  | 'anthropic.agents'
  | 'anthropic.other'
  | 'google.generate_content'
  | 'google.embed_content'
  | 'google.count_tokens'
  | 'google.predict'
  | 'google.videos'
  | 'google.interactions'
  | 'google.batches'
  | 'google.batch_results'
  | 'google.other'
  | 'bedrock.converse'
  | 'bedrock.invoke_model'
  | 'bedrock.agents'
  | 'cohere.chat'
  | 'mistral.chat'
  | 'mistral.conversations'
  | 'ollama.chat'
  | 'ai_gateway.language_model'
  | 'ai_gateway.embedding_model'
  | 'ai_gateway.other';

/** What the caller asked for, read from the request before it is sent. Absent where the request does not say. */
export interface RequestFacts {
  readonly model?: string;
  readonly stream?: boolean;
  readonly maxTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly frequencyPenalty?: number;
  readonly presencePenalty?: number;
  readonly stopSequences?: readonly string[];
  readonly seed?: number;
  readonly choiceCount?: number;
  /** How many answers the provider makes and bills, where that is not `choiceCount`: for each of several prompts, and those of which only the best is sent. */
  readonly answerCount?: number;
  readonly outputType?: 'text' | 'json' | 'image' | 'speech';
  readonly serviceTier?: string;
  readonly reasoningLevel?: string;
  readonly previousResponseId?: string;
  readonly conversationId?: string;
  readonly embeddingDimensions?: number;
  readonly encodingFormats?: readonly string[];
  readonly speed?: string;
  readonly geo?: string;
  /** The characters of the prompt, for upper bounds of input tokens: those of scripts that take more than a token each count for as many. */
  readonly promptChars?: number;
  readonly promptHasMedia?: boolean;
  /** Whether the provider adds input that the request does not show: a prompt that it keeps, results of tools that it runs itself. */
  readonly hasHiddenInput?: boolean;
  /** The SDK's own fields for the end user. */
  readonly user?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** One logical operation as its caller sees it; automatic retries are attempts inside it. */
export interface Call {
  /** Unique over all processes. */
  readonly id: string;
  readonly operation: Operation;
  readonly dialect: Dialect;
  /** `gen_ai.provider.name`. */
  readonly provider: string;
  readonly serverAddress: string | undefined;
  readonly serverPort: number | undefined;
  /** The address of the endpoint without query, userinfo and fragment. */
  readonly baseUrl: string | undefined;
  /** `false` where the path says that nothing is made: a batch is asked after or called off, or its results are fetched. */
  readonly spends?: false | undefined;
  readonly request: RequestFacts;
  /** Tells API keys apart without showing them; absent without a ledger, and for keys that live for an hour. */
  readonly keyFingerprint?: string;
  readonly labels: Labels;
  readonly startedAt: EpochMs;
  /**
   * Who saw the call: the npm name and version of the SDK, or `wire`. `changesAddress`: whether the model can be changed also where the address
   * names it.
   */
  readonly source: { readonly name: string; readonly version: string | undefined; readonly changesAddress?: true };
}

/** One HTTP exchange inside a call. */
export interface Attempt {
  /** 1 for the first. */
  readonly number: number;
  readonly status: number | undefined;
  /** The low-cardinality reason when it failed without a status, such as `ECONNRESET`. */
  readonly errorType: string | undefined;
  /** Until the headers of the answer came, which is the first of its bytes. */
  readonly durationMs: number;
  readonly requestId: string | undefined;
  /** What `retry-after` or `retry-after-ms` asked for, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** The length of the request's body as it was sent; absent where it is not known. */
  readonly requestBytes?: number | undefined;
  /** The length of the answer's body as its headers say it; absent on streams. */
  readonly responseBytes?: number | undefined;
  /** Whether another exchange went over the same connection before; absent where it is not known. */
  readonly connectionReused?: boolean | undefined;
}
