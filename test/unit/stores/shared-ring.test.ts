import { expect, test } from 'vitest';
import { IN_A_MESSAGE, ringMemory, SharedRing } from '../../../src/stores/sqlite/shared-ring.ts';

const ends = (): readonly [SharedRing, SharedRing] => {
  const memory = ringMemory();
  if (memory === undefined) throw new Error('no shared memory');
  return [new SharedRing(memory), new SharedRing(memory)];
};

const put = (ring: SharedRing, value: number, text = ''): boolean => {
  const at = ring.room;
  if (at === undefined || !ring.writeText(text)) return false;
  ring.numbers[at] = value;
  ring.numbers[at + 1] = text.length;
  ring.send(true);
  return true;
};

const take = (ring: SharedRing): readonly [number | undefined, string] | 'message' | undefined => {
  if (ring.isEmpty) return undefined;
  const at = ring.next;
  const taken = at === IN_A_MESSAGE ? 'message' : ([ring.numbers[at], ring.readText(ring.numbers[at + 1] ?? 0)] as const);
  ring.taken();
  return taken;
};

test('entries come out once, in their order, over many rounds', () => {
  const [writer, reader] = ends();
  let sent = 0;
  let taken = 0;
  for (let round = 0; round < 500; round += 1) {
    for (let count = 0; count <= round % 64; count += 1) expect(put(writer, sent, `call-${sent++}`)).toBe(true);
    for (let next = take(reader); next !== undefined; next = take(reader)) {
      expect(next).toEqual([taken, `call-${taken}`]);
      taken += 1;
    }
  }
  expect(taken).toBe(sent);
});

test('an entry that went as a message keeps its place among the others, from the first on', () => {
  const [writer, reader] = ends();
  for (let round = 0; round < 200; round += 1) {
    writer.send(false);
    put(writer, round);
    writer.send(false);
    expect([take(reader), take(reader), take(reader), take(reader)]).toEqual(['message', [round, ''], 'message', undefined]);
  }
});

test('a full ring overwrites nothing, and has room again when an entry was taken', () => {
  const [writer, reader] = ends();
  let sent = 0;
  while (put(writer, sent)) sent += 1;
  expect(sent).toBe(64);
  writer.send(false);
  expect(writer.room).toBeUndefined();
  for (let count = 0; count < sent; count += 1) expect(take(reader)).toEqual([count, '']);
  expect(put(writer, 100)).toBe(true);
  expect([take(reader), take(reader), take(reader)]).toEqual(['message', [100, ''], undefined]);
});

test('a text is exact, or is not written', () => {
  const [writer, reader] = ends();
  const wide = 'é\u0000ÿ'.repeat(32);
  expect(put(writer, 1, wide)).toBe(true);
  expect(take(reader)).toEqual([1, wide]);
  expect(put(writer, 2, 'x'.repeat(97))).toBe(false);
  expect(put(writer, 3, 'ā')).toBe(false);
  expect(put(writer, 4, '\ud800')).toBe(false);
  expect(take(reader)).toBeUndefined();
});

test('the writer hears whether the reader wants to be woken', () => {
  const [writer, reader] = ends();
  expect(writer.send(false)).toBe(true);
  reader.isAwake = true;
  expect(writer.send(false)).toBe(false);
  reader.isAwake = false;
  expect(writer.send(false)).toBe(true);
});
