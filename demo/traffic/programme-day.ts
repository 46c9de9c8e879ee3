import type { BillSummary } from '../../test/support/local-provider/bill.ts';
import type { Books } from '../books/books.ts';
import { finding } from '../books/finding.ts';
import type { Finding } from '../books/finding.ts';
import { reconcile } from '../books/reconcile.ts';
import { day, featuresOf } from './day.ts';
import { playOn, playOnce } from './play.ts';
import type { Programme } from './programme.ts';
import type { Secrets } from './secrets.ts';

const EXPECTED: readonly (readonly [what: string, seen: (books: Books) => boolean])[] = [
  ['a call that needed retries', (books) => books.calls.some((call) => call.outcome === 'completed' && call.attempts > 1)],
  ['a failed call', (books) => books.calls.some((call) => call.outcome === 'failed')],
  ['a cancelled stream', (books) => books.calls.some((call) => call.outcome === 'cancelled')],
  ['a call that a budget refused', (books) => books.calls.some((call) => call.outcome === 'blocked')],
  ['cached tokens', (books) => books.calls.some((call) => call.cached > 0)],
  ['reasoning tokens', (books) => books.calls.some((call) => call.reasoning > 0)],
  ['a time to first chunk', (books) => books.calls.some((call) => call.firstChunkMs !== undefined)],
  ['an unpriced call', (books) => books.calls.some((call) => call.costUsd === undefined && (call.unpricedReason ?? '').startsWith('unknown_'))],
  ['redactions', (books) => books.sum('purser.redactions') > 0],
  ['a key found in a prompt', (books) => books.sum('purser.keys_in_prompts') > 0],
  ['the alert of a passed budget', (books) => books.events.some((event) => event.name === 'purser.budget.threshold')],
  ...['openai', 'anthropic', 'google'].map((vendor) => [`calls to ${vendor}`, (books: Books) => books.calls.some((call) => call.vendor === vendor)] as const),
];

const showsAll = (features: readonly string[], books: Books): Finding => {
  const seen = new Set(books.calls.map((call) => call.feature));
  const against = [
    ...features.filter((feature) => !seen.has(feature)).map((feature) => `no call of the feature ${feature}`),
    ...EXPECTED.filter(([, holds]) => !holds(books)).map(([what]) => `missing: ${what}`),
  ];
  return finding('everything that the day holds shows up', `${features.length} features and ${EXPECTED.length} kinds of event expected`, against);
};

/** The scripted day at the harbour desk, once or over and over. */
export const dayProgramme = (secrets: Secrets, once: boolean): Programme => {
  const steps = day(secrets);
  return {
    title: once
      ? 'one short day of a harbour desk: four SDKs, a local provider'
      : 'a harbour desk: four SDKs, a local provider; Ctrl-C ends it and shows the sums',
    async play(serviceUrl, _provider, stop) {
      const first = playOnce(serviceUrl, steps);
      if (!once) await playOn(serviceUrl, steps, stop);
      await first;
    },
    async reconcile(providerUrl, books) {
      const bill = (await (await fetch(`${providerUrl}/__bill`)).json()) as BillSummary;
      return [...reconcile(bill, books), showsAll(featuresOf(steps), books)];
    },
  };
};
