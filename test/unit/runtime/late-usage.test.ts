import { expect, test } from 'vitest';
import type { Call, Operation } from '../../../src/call/call.ts';
import type { ReadFacts } from '../../../src/call/read-facts.ts';
import { NO_TOKENS, type Usage } from '../../../src/call/usage.ts';
import { LateUsage } from '../../../src/runtime/late-usage.ts';

const USAGE: Usage = { buckets: { ...NO_TOKENS, input: 7, output: 5 }, flags: [] };
const callOf = (operation: Operation, baseUrl?: string): Call => ({ operation, baseUrl }) as Call;
const facts = (id: string | undefined, usage: Usage | undefined): ReadFacts => ({
  response: id === undefined ? {} : { id },
  usage,
  error: undefined,
  outputChars: 0,
  ended: true,
});

test('a stored response is counted by the call that made it, however often it is fetched', () => {
  const late = new LateUsage();
  expect(late.counted(callOf('chat'), facts('r1', USAGE), true).usage).toBe(USAGE);
  for (let at = 0; at < 3; at++) expect(late.counted(callOf('fetch_response'), facts('r1', USAGE), true).usage).toBeUndefined();
});

test('one that was made without usage counts when it is first fetched with it, and not again', () => {
  const late = new LateUsage();
  expect(late.counted(callOf('chat'), facts('r1', undefined), true).usage).toBeUndefined();
  expect(late.counted(callOf('fetch_response'), facts('r1', undefined), true).usage).toBeUndefined();
  expect(late.counted(callOf('fetch_response'), facts('r1', USAGE), true).usage).toBe(USAGE);
  expect(late.counted(callOf('fetch_response'), facts('r1', USAGE), true).usage).toBeUndefined();
});

test('one of which nobody here knows does not count', () => {
  const late = new LateUsage();
  expect(late.counted(callOf('fetch_response'), facts('r2', USAGE), true).usage).toBeUndefined();
  expect(late.counted(callOf('fetch_response'), facts(undefined, USAGE), true).usage).toBeUndefined();
  expect(late.counted(callOf('embeddings'), facts(undefined, USAGE), true).usage).toBe(USAGE);
});

test('the results of a batch count once they were read to their end, and not again', () => {
  const late = new LateUsage();
  const results = callOf('batch', 'https://api.anthropic.com/v1/messages/batches/b1/results');
  expect(late.counted(results, facts(undefined, USAGE), false).usage).toBeUndefined();
  expect(late.counted(results, facts(undefined, USAGE), true).usage).toBe(USAGE);
  expect(late.counted(results, facts(undefined, USAGE), true).usage).toBeUndefined();
  expect(late.counted(callOf('batch', 'https://api.anthropic.com/v1/messages/batches/b2/results'), facts(undefined, USAGE), true).usage).toBe(USAGE);
});
