import { describe, expect, test } from 'vitest';
import type { Cost } from '../../../src/call/cost.ts';
import { createPricer } from '../../../src/pricing/pricer.ts';
import { haveRecordings, recordedQuestions } from './recorded-calls.ts';

/** Recorded responses whose own cost is not what the table gives, and why. All others must be equal to a millionth. */
const DIFFERENT: Readonly<Record<string, string>> = {
  'openai_compatible.chat.completions.n.5e155632db': 'states 161 times more cached tokens than prompt; what was charged fits neither',
  'openai_compatible.responses.n.d8e113aa83': 'OpenRouter at the price of gpt-5.6-sol before its cut; the source has its present price there without a date',
  'openai_compatible.responses.n.48fb0fa804': 'the same',
  'openai_compatible.responses.s.e97e33c5c4': 'a made-up cost of 123456 ticks',
  'openai_compatible.responses.n.2c34bec6b5': 'the same',
  'openai_compatible.chat.completions.n.571a5489aa': 'an unnamed host: no price but its own',
  'openai_compatible.chat.completions.n.42b569ce6c': 'the same',
  'openai_compatible.chat.completions.s.c0ff4d5381': 'the same',
  'openai_compatible.chat.completions.s.2ea944a16a': 'Perplexity rounds to five places: 0.005008 is 0.00501',
  'openai_compatible.chat.completions.s.720dad317f': 'the same',
  'openai_compatible.images.generate.n.95cf6f9cbe': 'an image: the response names no model',
  'openai_compatible.audio.transcriptions.n.5d6256a9b1': 'minutes of audio: the response names no model',
  'openai_compatible.responses.s.f61b595536': 'OpenRouter sent it to a dearer host of the same open model',
  'openai_compatible.chat.completions.n.a5c2be9c04': 'the same',
  'openai_compatible.chat.completions.n.fa0756103c': 'the same',
  'openai_compatible.chat.completions.n.a5839d17a0': 'the source does not know the model at OpenRouter',
  'openai_compatible.embeddings.n.36ac441861': 'the same',
  'openai_compatible.embeddings.n.c9661a051a': 'the same',
  'openai_compatible.chat.completions.s.056c4398c6': 'a free model was asked for and a dear one answered, which the source does not know',
  'openai_compatible.chat.completions.n.68c3babc19': 'audio, which OpenRouter charges and the source has no price for: named as unpriced',
  'openai_compatible.chat.completions.n.285fa2da34': 'includes a fee of 0.002 for a plug-in that the usage does not count',
};

const pricer = createPricer();

interface Compared {
  readonly id: string;
  readonly stated: bigint;
  readonly whole: Cost;
  readonly local: Cost;
}

const compared: readonly Compared[] = recordedQuestions().flatMap(({ id, question }) => {
  const stated = question.usage?.providerCost?.amount ?? 0n;
  if (question.usage === undefined || stated <= 0n) return [];
  const { providerCost: _, ...usage } = question.usage;
  return [{ id, stated, whole: pricer.price(question), local: pricer.price({ ...question, usage }) }];
});

const isClose = ({ stated, local }: Compared): boolean => local.kind === 'priced' && Math.abs(Number(local.amount - stated)) <= Number(stated) * 1e-6;

describe.skipIf(!haveRecordings)('costs that providers stated in recorded responses (../shared/data/recordings)', () => {
  test('there are at least 65 of them', () => expect(compared.length).toBeGreaterThanOrEqual(65));

  test('each is passed on unchanged, with the provider as its source', () => {
    for (const { stated, whole } of compared) expect(whole).toMatchObject({ kind: 'priced', amount: stated, source: 'provider', match: 'provider' });
  });

  test('the table gives the same, but for those that are listed', () => {
    expect(compared.filter((one) => !isClose(one) && DIFFERENT[one.id] === undefined)).toEqual([]);
  });

  test('those that are listed still differ', () => {
    const different = new Set(compared.filter((one) => !isClose(one)).map(({ id }) => id));
    expect(Object.keys(DIFFERENT).filter((id) => !different.has(id))).toEqual([]);
  });

  test('no recorded call makes the engine fail, and none costs nothing unless it is free', () => {
    const costs = recordedQuestions().map(({ question }) => pricer.price(question));
    expect(costs.filter((cost) => cost.kind === 'unpriced' && cost.reason === 'engine_fault')).toEqual([]);
    expect(costs.filter((cost) => cost.kind === 'priced' && cost.amount === 0n && cost.match !== 'free')).toEqual([]);
  });
});
