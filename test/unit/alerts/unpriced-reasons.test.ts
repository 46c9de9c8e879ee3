import { expect, test } from 'vitest';
import { createUnpricedWatch } from '../../../src/alerts/unpriced-watch.ts';
import type { Call } from '../../../src/call/call.ts';
import type { GovernanceEvent } from '../../../src/call/event.ts';
import type { Outcome } from '../../../src/call/outcome.ts';

test('a model on a private host that nobody named is told, with what would give it a price', () => {
  const raised: GovernanceEvent[] = [];
  const watch = createUnpricedWatch({ nowMs: () => 0, monotonicMs: () => 0 }, (event) => raised.push(event));
  const call = { provider: 'groq', request: { model: 'llama-3.3-70b-versatile' } } as Call;
  const cost = { kind: 'unpriced', reason: 'private_host', unpriced: [], tableVersion: 'T1' } as const;
  watch.callEnded?.(call, { kind: 'completed', cost, response: {} } as unknown as Outcome);
  expect(raised).toMatchObject([{ name: 'purser.cost.unpriced', message: expect.stringContaining('it went to a private host') }]);
});

test('a model that answers under another name is told by both names, and that a budget may count it all the same', () => {
  const raised: GovernanceEvent[] = [];
  const watch = createUnpricedWatch({ nowMs: () => 0, monotonicMs: () => 0 }, (event) => raised.push(event));
  const call = { provider: 'openai', request: { model: 'gpt-9' } } as Call;
  const cost = { kind: 'unpriced', reason: 'unknown_model', unpriced: [], tableVersion: 'T1' } as const;
  watch.callEnded?.(call, { kind: 'completed', cost, response: { model: 'gpt-9-2027' } } as unknown as Outcome);
  const why = 'has no price, because its model is not in the price table: what it costs is in no sum, and budgets in dollars go by onUnknownPrice.';
  expect(raised.map(({ message }) => message)).toEqual([`A call to gpt-9-2027 of openai, which was asked for as gpt-9, ${why}`]);
});
