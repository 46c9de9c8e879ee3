import * as fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { reportedCauses, resetDiag } from '../../../src/base/diag.ts';
import { BUCKETS } from '../../../src/call/usage.ts';
import { readerOf } from '../../../src/providers/shared/dialects.ts';
import { eventsOf } from './wire.ts';

const DIALECTS = [
  'openai.chat',
  'openai.responses',
  'openai.completions',
  'openai.embeddings',
  'openai.images',
  'openai.audio',
  'openai.videos',
  'openai.decisions',
  'openai.moderations',
  'openai.agents',
  'anthropic.messages',
  'anthropic.count_tokens',
  'anthropic.agents',
  'google.generate_content',
  'google.embed_content',
  'google.predict',
  'google.videos',
  'google.interactions',
  'bedrock.converse',
  'bedrock.invoke_model',
  'cohere.chat',
  'mistral.chat',
  'mistral.conversations',
  'ollama.chat',
  'ai_gateway.language_model',
  'ai_gateway.embedding_model',
] as const;

const SEEDS: readonly unknown[] = [
  'openai-chat.sse',
  'openai-responses.sse',
  'anthropic-messages.sse',
  'gemini.sse',
  'interactions.sse',
  'cohere-v2.sse',
  'xai-chat.sse',
]
  .flatMap(eventsOf)
  .filter((data) => data !== '[DONE]')
  .map((data) => JSON.parse(data) as unknown);

const NAMES = [
  'choices',
  'delta',
  'message',
  'content',
  'usage',
  'tool_calls',
  'function',
  'type',
  'index',
  'candidates',
  'parts',
  'usageMetadata',
  'response',
  'output',
  'item',
  'error',
  'iterations',
  'messages',
  'input',
  'tools',
  'system',
  'metadata',
  'step',
  'interaction',
  'chunk',
  'source',
];

// Random JSON under names that the readers look for, and true events with some members replaced.
const near = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.jsonValue({ maxDepth: 1 }),
    fc.constantFrom('message', 'text', 'tool_use', -1, 1e99),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...NAMES), tie('value'), { maxKeys: 4 }),
  ),
})).value;

const spoiled = fc
  .tuple(fc.constantFrom(...SEEDS), fc.array(fc.tuple(fc.nat({ max: 60 }), fc.jsonValue({ maxDepth: 1 })), { maxLength: 4 }))
  .map(([seed, changes]) => {
    const copy: unknown = structuredClone(seed);
    const places: [Record<string, unknown>, string][] = [];
    const visit = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      for (const key of Object.keys(value)) {
        places.push([value as Record<string, unknown>, key]);
        visit((value as Record<string, unknown>)[key]);
      }
    };
    visit(copy);
    for (const [at, value] of changes) {
      const place = places[at % Math.max(1, places.length)];
      if (place !== undefined) place[0][place[1]] = value;
    }
    return copy;
  });

afterEach(resetDiag);

test('no JSON makes a reader throw, fault or give a count that is none', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...DIALECTS),
      fc.boolean(),
      fc.array(fc.oneof(near, spoiled, fc.jsonValue()), { minLength: 1, maxLength: 6 }),
      (dialect, captureContent, values) => {
        const dialectReader = readerOf(dialect);
        const streamed = dialectReader.response('x_ai', { captureContent });
        for (const value of values) {
          dialectReader.request(value, '/v1/models/x:generateContent');
          dialectReader.requestContent(value);
          const text = JSON.stringify(value);
          if (streamed.wants(text)) streamed.event(value);
          const whole = dialectReader.response('openai', { captureContent });
          whole.body(value);
          const { usage } = whole.facts();
          for (const bucket of BUCKETS) expect(usage?.buckets[bucket] ?? 0).toSatisfy((count: number) => Number.isSafeInteger(count) && count >= 0);
        }
        const { outputChars, usage } = streamed.facts();
        expect(Number.isSafeInteger(outputChars)).toBe(true);
        for (const bucket of BUCKETS) expect(usage?.buckets[bucket] ?? 0).toBeGreaterThanOrEqual(0);
        expect([...reportedCauses().keys()]).toEqual([]);
      },
    ),
    { numRuns: 3000 },
  );
});

test('text that is no JSON is looked at without harm', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...DIALECTS),
      fc.array(fc.oneof(fc.string(), fc.constantFrom('[DONE]', '"usage":', '"delta":"', '"content":"\\', '"index":1', '{"choices"')), { maxLength: 5 }),
      (dialect, pieces) => {
        const reader = readerOf(dialect).response('openai', { captureContent: false });
        expect(typeof reader.wants(pieces.join(''))).toBe('boolean');
        expect(reader.facts().outputChars).toBeGreaterThanOrEqual(0);
      },
    ),
  );
});
