import type { Call, Operation } from '../../../src/call/call.ts';
import type { Outcome } from '../../../src/call/outcome.ts';
import { picoUsd } from '../../../src/call/units.ts';
import { attemptOf, chatCall, completed, failed, NOON, priced, responseOf, usageOf } from './samples.ts';

/** A call that says all that a call can say. */
const fullCall = (operation: Operation): Call =>
  chatCall({
    operation,
    dialect: operation === 'embeddings' ? 'openai.embeddings' : 'openai.responses',
    labels: {
      service: 'shop',
      environment: 'production',
      team: 'search',
      feature: 'ask',
      user: 'u1',
      tenant: 't1',
      promptName: 'greeting',
      promptVersion: '3',
      tags: { region: 'eu' },
    },
    request: {
      stream: true,
      maxTokens: 10,
      temperature: 1,
      topP: 0.9,
      topK: 40,
      frequencyPenalty: 0.1,
      presencePenalty: 0.2,
      stopSequences: ['END'],
      seed: 7,
      choiceCount: 2,
      outputType: 'json',
      serviceTier: 'flex',
      reasoningLevel: 'high',
      previousResponseId: 'resp_0',
      conversationId: 'conv_1',
      embeddingDimensions: 256,
      encodingFormats: ['float'],
    },
  });

const content = {
  inputMessages: [{ role: 'user', parts: [{ type: 'text', content: 'hi' }] }],
  outputMessages: [{ role: 'assistant', parts: [{ type: 'text', content: 'hello' }], finish_reason: 'stop' }],
  systemInstructions: [{ type: 'text', content: 'be kind' }],
  toolDefinitions: [{ type: 'function', name: 'look' }],
};

const fullResponse = responseOf({
  content,
  status: 'completed',
  serviceTier: 'default',
  systemFingerprint: 'fp_1',
  geo: 'us',
  speed: 'fast',
  compacted: true,
  toolCalls: [{ id: 'call_1', name: 'look' }],
  headroom: { limitRequests: 100, remainingRequests: 99, limitTokens: 1000, remainingTokens: 900 },
});

const usage = usageOf(
  {
    input: 1,
    cacheRead: 2,
    cacheWrite5m: 3,
    cacheWrite1h: 4,
    audioInput: 5,
    audioCacheRead: 6,
    imageInput: 7,
    imageCacheRead: 8,
    output: 9,
    reasoning: 10,
    audioOutput: 11,
    imageOutput: 12,
  },
  {
    flags: ['total_mismatch'],
    fees: { webSearch: 2 },
    passes: [
      { model: undefined, buckets: usageOf({}).buckets },
      { model: 'b', buckets: usageOf({}).buckets },
    ],
  },
);

const cost = priced({
  confidence: 'partial',
  unpriced: ['fileSearch'],
  cacheSavings: picoUsd(1n),
  cacheWritePremium: picoUsd(1n),
  batchSaving: picoUsd(1n),
  longContextHeadroom: 1000,
  tierMismatch: { requested: 'flex', served: 'default' },
  estimated: true,
});

const full = completed({
  response: fullResponse,
  usage,
  cost,
  attempts: [attemptOf({ status: 429, retryAfterMs: 10, errorType: '429' }), attemptOf({ number: 2 })],
  firstChunkMs: 100,
  chunks: 5,
});

/** Outcomes of every kind, one of them with all that an outcome can say. */
export const OUTCOMES: readonly Outcome[] = [
  full,
  completed({ cost: { kind: 'unpriced', reason: 'unknown_model', unpriced: ['input'], tableVersion: '1' } }),
  { ...completed(), usage: undefined, cost: undefined },
  failed(),
  { ...completed(), kind: 'cancelled' },
  { ...completed(), kind: 'abandoned', reason: 'idle' },
  { ...completed(), kind: 'abandoned', reason: 'process_exit' },
  { ...completed(), kind: 'blocked', refusal: { code: 'budget_exhausted', policy: 'budget', rule: 'daily', message: 'No.', details: {}, retryAtMs: NOON } },
];

const OPERATIONS: readonly Operation[] = [
  'chat',
  'generate_content',
  'text_completion',
  'invoke_agent',
  'embeddings',
  'fetch_response',
  'moderation',
  'count_tokens',
  'batch',
  'other',
];

/** Calls of every operation, bare and with all that a call can say. */
export const CALLS: readonly Call[] = OPERATIONS.flatMap((operation) => [fullCall(operation), chatCall({ operation })]);

/** A bare call that the provider answered fully. */
export const FULL_OUTCOME = full;
