/** The fast reader of lines against the parser of JSON: the same records, or none. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LedgerContext, LedgerRecord } from '../../../src/ledger/ledger-record.ts';
import { BUCKETS } from '../../../src/call/usage.ts';
import { picoUsd } from '../../../src/call/units.ts';
import type { Outcome } from '../../../src/call/outcome.ts';
import { RecordEncoder } from '../../../src/ledger/encode-record.ts';
import { RecordScanner } from '../../../src/ledger/scan-record.ts';
import { LineTaker } from '../../../src/ledger/take-lines.ts';
import { anyCharacter } from '../../support/any-character.ts';
import { failed, paid, sampleCall, unpriced } from './sample-call.ts';

const scan = (line: string): LedgerRecord | undefined => new RecordScanner(Buffer.from(line)).read(0);
const known = (record: LedgerRecord | undefined): unknown => (record === undefined ? undefined : JSON.parse(JSON.stringify(record)));

const outcomes: readonly Outcome[] = [paid(1001n, 'served'), failed('429'), unpriced, { ...paid(5n), kind: 'cancelled' }];

test('each line that the ledger writes is read as a parser of JSON reads it', () => {
  const tokens = fc.record(Object.fromEntries(BUCKETS.map((name) => [name, fc.integer({ min: 0, max: 2_000_000 })])));
  fc.assert(
    fc.property(
      fc.string({ unit: anyCharacter }),
      fc.integer({ min: 0, max: 2 ** 41 }),
      fc.bigInt({ min: 0n, max: 10n ** 17n }),
      tokens,
      fc.constantFrom(...outcomes),
      (user, atMs, pico, buckets, outcome) => {
        const encoder = new RecordEncoder((text) => text);
        const usage = { buckets: buckets as never, flags: [] };
        const cost = outcome.cost?.kind === 'priced' ? { ...outcome.cost, amount: picoUsd(pico) } : outcome.cost;
        const line = encoder.lines(sampleCall('a-1', atMs, { user }), { ...outcome, usage, cost }).split('\n')[1] ?? '';
        // A text with an escape or a letter beyond ASCII in it is left to the parser.
        expect(known(scan(line))).toEqual(/[\\\u{80}-\u{10ffff}]/u.test(line) ? undefined : JSON.parse(line));
      },
    ),
    { numRuns: 200 },
  );
});

test.each([
  '{"t":1,"ms":1,"id":"a","in":1,"outcome":"completed"',
  '{"t":1,"ms":1,"id":"a","in":1,"outcome":"comple',
  '{"t":1,"ms":1,"id":"a","in":1,"outcome":"completed","usage":{"input":1',
  '{"t":1,"ms":1,"id":"a","in":1,"outcome":"completed"} ',
  '{"t":-1,"ms":1,"id":"a","in":1,"outcome":"completed"}',
  '{"t":1,"ms":1.5,"id":"a","in":1,"outcome":"completed"}',
  '{"t":1,"ms":1,"id":"a","in":1,"outcome":"completed","nano":1234567890123456}',
  '{"t":1,"ms":1,"id":"a","in":1,"outcome":"completed","usage":{"new":1}}',
  '{"k":1}',
  '',
])('a line of another form is left to the parser: %s', (line) => {
  expect(scan(line)).toBeUndefined();
});

const take = (text: string) => {
  const notes = { files: 0, unreadable: 0 };
  const found: (readonly [LedgerRecord, LedgerContext])[] = [];
  const taker = new LineTaker(notes);
  taker.take(Buffer.from(text), (record, context) => found.push([record, context]));
  return { found, notes };
};

test('lines of both forms, contexts, empty and broken ones may stand in any order', () => {
  const { found, notes } = take(
    [
      '{"k":1,"op":"chat","provider":"p"}',
      '{"t":1,"ms":1,"id":"a","in":1,"outcome":"completed"}',
      '',
      '{"ms":2, "t":2,"id":"b\\n","in":1,"outcome":"failed","later":true}',
      '{"t":3,"ms":1,"id":"c","in":9,"outcome":"completed"}',
      '{"t":3,"ms":1,"id":"ü€😀","in":1,"outcome":"completed","user":"Žižka"}',
      '{"t":4,"ms',
      'null',
      '{}',
      '{"t":5,"ms":1,"id":"e","in":1,"outcome":"completed"}',
    ].join('\n'),
  );
  expect(found.map(([{ id }]) => id)).toEqual(['a', 'b\n', 'ü€😀', 'e']);
  expect(notes.unreadable).toBe(4);
});

test.each([
  '{"t":"1","ms":1,"id":"a","in":1,"outcome":"completed"}',
  '{"t":1,"ms":1,"id":"a","in":1,"outcome":"completed","nano":1.5}',
  '{"t":1,"ms":1,"id":"a","in":1,"outcome":"completed","nano":"5"}',
  '{"t":1,"ms":1,"id":"a","in":1,"outcome":"completed","usage":7}',
  '{"t":1,"ms":1,"id":"a","in":1,"outcome":"completed","usage":{"input":"7"}}',
  '{"t":1e400,"ms":1,"id":"a","in":1,"outcome":"completed"}',
  '{"k":"1","op":"chat","provider":"p"}',
  '{"k":2,"op":"chat"}',
  '[1]',
])('a line that does not add up is none: %s', (line) => {
  const { found, notes } = take(`{"k":1,"op":"chat","provider":"p"}\n${line}\n`);
  expect(found).toEqual([]);
  expect(notes.unreadable).toBe(1);
});
