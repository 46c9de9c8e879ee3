import type { Call } from '../../../src/call/call.ts';
import type { Labels } from '../../../src/call/labels.ts';
import type { Outcome } from '../../../src/call/outcome.ts';
import { epochMs, picoUsd } from '../../../src/call/units.ts';
import { NO_TOKENS } from '../../../src/call/usage.ts';

/** A call as the ledger is told of it. */
export const sampleCall = (id: string, atMs: number, labels: Labels = {}, model = 'gpt-5.2'): Call => ({
  id,
  operation: 'chat',
  dialect: 'openai.chat',
  provider: 'openai',
  serverAddress: undefined,
  serverPort: undefined,
  baseUrl: undefined,
  request: { model },
  labels,
  startedAt: epochMs(atMs),
  source: { name: 'openai', version: undefined },
});

const ENDING = { response: {}, attempts: [], durationMs: 12.4, firstChunkMs: undefined, chunks: 0 } as const;

/** A priced outcome of so many pico-dollars. */
export const paid = (pico: bigint, model?: string): Outcome => ({
  ...ENDING,
  kind: 'completed',
  response: model === undefined ? {} : { model },
  usage: { buckets: { ...NO_TOKENS, input: 100, cacheRead: 20, output: 30, reasoning: 5 }, flags: [] },
  cost: {
    kind: 'priced',
    amount: picoUsd(pico),
    source: 'local',
    lines: [],
    match: 'exact',
    confidence: 'exact',
    matchedModel: undefined,
    tableVersion: 'T1',
    effectiveFrom: undefined,
    unpriced: [],
  },
});

/** A failed outcome without usage and cost. */
export const failed = (type: string): Outcome => ({
  ...ENDING,
  kind: 'failed',
  usage: undefined,
  cost: undefined,
  failure: { type, message: 'the prompt was: secret content', error: undefined },
});

/** A completed outcome that nobody can price. */
export const unpriced: Outcome = {
  ...ENDING,
  kind: 'completed',
  usage: { buckets: { ...NO_TOKENS, input: 7 }, flags: [] },
  cost: { kind: 'unpriced', reason: 'unknown_model', unpriced: [], tableVersion: 'T1' },
};
