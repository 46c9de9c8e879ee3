import { expect, test } from 'vitest';
import type { HeldLine, ReserveAnswer } from '../../../src/call/budget-store.ts';
import { Packer, readAnswer, Unpacker, writeAnswer } from '../../../src/stores/sqlite/packed.ts';
import { ringMemory, SharedRing } from '../../../src/stores/sqlite/shared-ring.ts';
import type { SqliteOperation, ToWorker } from '../../../src/stores/sqlite/sqlite-operation.ts';

const ends = (): readonly [SharedRing, SharedRing] => {
  const memory = ringMemory();
  if (memory === undefined) throw new Error('no shared memory');
  return [new SharedRing(memory), new SharedRing(memory)];
};

const slots = { kind: 'fixed', candidates: [{ startMs: 0, endMs: 8_640_000_000_000_000 }] } as const;
const thresholds = [0.5, 1];
const line = (key: string, more: Partial<HeldLine> = {}): HeldLine => ({ key, slots, limit: 100, amount: 1, enforce: true, thresholds, slotMs: 0, ...more });
const settle = (lines: readonly HeldLine[], id = 'call'): SqliteOperation => ({ kind: 'settle', request: { id, lines } });

/** Sends operations as the store does, and tells by which way each went. */
const wire = () => {
  const [writer, reader] = ends();
  const packer = new Packer();
  const unpacker = new Unpacker();
  let number = 0;
  return (operation: SqliteOperation): { readonly way: 'ring' | 'message'; readonly came: SqliteOperation } => {
    const message: ToWorker = { number: (number += 1), operation, nowMs: undefined };
    if (packer.write(writer, message)) {
      writer.send(true);
      const came = unpacker.read(reader, reader.next);
      reader.taken();
      expect(came.number).toBe(number);
      return { way: 'ring', came: came.operation };
    }
    const taught = packer.teach(message);
    unpacker.learn(taught);
    return { way: 'message', came: taught.operation };
  };
};

test('an operation goes as numbers once its lines are known, and comes as it was sent', () => {
  const send = wire();
  const lines = [line('daily/alice', { amount: 8_999_999_999_999_999, slotMs: 1_795_215_600_000 }), line('slots', { role: 'slots' })];
  expect(send(settle(lines)).way).toBe('message');
  for (const operation of [
    settle(lines),
    { kind: 'reserve', request: { id: 'a', leaseMs: 60_000, lines } },
    { kind: 'extend', request: { id: 'b', leaseMs: 1, lines: lines.slice(1) } },
  ] satisfies SqliteOperation[]) {
    expect(send(operation)).toEqual({ way: 'ring', came: operation });
  }
});

test('a line that has changed is told of once', () => {
  const send = wire();
  send(settle([line('a')]));
  expect(send(settle([line('a', { limit: 50 })])).way).toBe('message');
  expect(send(settle([line('a', { limit: 50 })]))).toEqual({ way: 'ring', came: settle([line('a', { limit: 50 })]) });
  expect(send(settle([line('b')])).way).toBe('message');
  expect(send(settle([line('b'), line('a', { limit: 50 })]))).toEqual({ way: 'ring', came: settle([line('b'), line('a', { limit: 50 })]) });
});

test('lines without end are forgotten and told of anew, and none is taken for another', () => {
  const send = wire();
  for (let count = 0; count < 12_000; count += 1) {
    const lines = [line(`user-${count % 7000}`), line('all')];
    expect(send(settle(lines)).came).toEqual(settle(lines));
  }
});

test('what does not fit goes as a message', () => {
  const send = wire();
  const many = Array.from({ length: 40 }, (_, index) => line(`many-${index}`));
  send(settle(many));
  expect(send(settle(many)).way).toBe('message');
  expect(send(settle(many.slice(0, 20))).way).toBe('ring');
  expect(send(settle([line('many-1')], 'x'.repeat(200))).way).toBe('message');
  expect(send({ kind: 'reserve', request: { id: 'a', leaseMs: 1, lines: [line('many-1')], turn: { who: 'me', waitedMs: 0, keepMs: 1 } } }).way).toBe('message');
  expect(send({ kind: 'keys', request: 'many' }).way).toBe('message');
});

const state = { committed: 1, reserved: 8_999_999_999_999_999, limit: 3, slotMs: 4, endMs: 5 };
const reserved: ReserveAnswer = { kind: 'reserved', duplicate: false, lines: [state, { ...state, committed: 7 }], crossings: [], expired: [] };

test.each([
  reserved,
  { kind: 'extended', lines: [state], crossings: [], expired: [] },
  { kind: 'settled', lines: [], crossings: [], expired: [] },
  { kind: 'corrected', lines: [state], crossings: [], expired: [] },
  { kind: 'charged', lines: [state], crossings: [], expired: [] },
])('a usual answer comes as it was given: $kind', (answer) => {
  const [writer, reader] = ends();
  expect(writeAnswer(writer, 12, answer)).toBe(true);
  writer.send(true);
  expect(reader.numbers[reader.next]).toBe(12);
  expect(readAnswer(reader, reader.next)).toEqual(answer);
});

test.each([
  ['a duplicate', { ...reserved, duplicate: true }],
  ['a refusal', { ...reserved, kind: 'refused', refused: [0], first: [] }],
  ['a crossing', { ...reserved, crossings: [{ line: 0, threshold: 0.5 }] }],
  ['leases that ran out', { ...reserved, expired: ['a'] }],
  ['when there is room', { ...reserved, lines: [{ ...state, roomInMs: 5 }] }],
  ['many lines', { ...reserved, lines: Array.from({ length: 21 }, () => state) }],
  ['a stale window', { kind: 'stale_window', nowMs: 5 }],
  ['states', [state]],
])('an answer that says more goes as a message: %s', (_, answer) => {
  const [writer] = ends();
  expect(writeAnswer(writer, 1, answer)).toBe(false);
});
