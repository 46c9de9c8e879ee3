import { describe, expect, test } from 'vitest';
import { calendarSlot, slotsOf } from '../../../src/policies/budget/window.ts';

const calendar = (every: 'hour' | 'day' | 'week' | 'month', tz: string, anchorDay = 1) => ({ kind: 'calendar' as const, every, tz, anchorDay });
const span = (window: ReturnType<typeof calendar>, at: string): readonly [string, string] => {
  const { startMs, endMs } = calendarSlot(window, Date.parse(at));
  return [new Date(startMs).toISOString(), new Date(endMs).toISOString()];
};

describe('days', () => {
  test.each([
    ['the day on which Berlin loses an hour', 'Europe/Berlin', '2026-03-29T12:00Z', '2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z', 23],
    ['the day on which Berlin gains an hour', 'Europe/Berlin', '2026-10-25T12:00Z', '2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z', 25],
    ['the day on which Cairo leaves out midnight', 'Africa/Cairo', '2026-04-24T12:00Z', '2026-04-23T22:00:00.000Z', '2026-04-24T21:00:00.000Z', 23],
    ['the day on which Havana has midnight twice', 'America/Havana', '2026-11-01T12:00Z', '2026-11-01T04:00:00.000Z', '2026-11-02T05:00:00.000Z', 25],
    ['a zone of half hours', 'Asia/Kolkata', '2026-11-20T12:00Z', '2026-11-19T18:30:00.000Z', '2026-11-20T18:30:00.000Z', 24],
    ['a zone far ahead', 'Pacific/Kiritimati', '2026-11-20T12:00Z', '2026-11-20T10:00:00.000Z', '2026-11-21T10:00:00.000Z', 24],
  ])('%s', (_, tz, at, start, end, hours) => {
    const [from, to] = span(calendar('day', tz), at);
    expect([from, to]).toEqual([start, end]);
    expect((Date.parse(to) - Date.parse(from)) / 3_600_000).toBe(hours);
  });
});

describe('months', () => {
  test.each([
    [
      'a month that begins on the 31st begins on the last day of a shorter one',
      31,
      '2026-03-01T12:00Z',
      '2026-02-28T00:00:00.000Z',
      '2026-03-31T00:00:00.000Z',
    ],
    ['and in a leap year on the 29th', 31, '2028-03-01T12:00Z', '2028-02-29T00:00:00.000Z', '2028-03-31T00:00:00.000Z'],
    ['before the anchor the month of the last one goes on', 15, '2026-01-14T23:59Z', '2025-12-15T00:00:00.000Z', '2026-01-15T00:00:00.000Z'],
    ['the plain month', 1, '2026-12-31T23:59Z', '2026-12-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
  ])('%s', (_, anchorDay, at, start, end) => {
    expect(span(calendar('month', 'UTC', anchorDay), at)).toEqual([start, end]);
  });
});

test('weeks begin on Monday', () => {
  expect(span(calendar('week', 'Europe/Berlin'), '2026-11-22T22:30Z')).toEqual(['2026-11-15T23:00:00.000Z', '2026-11-22T23:00:00.000Z']);
  expect(span(calendar('week', 'Europe/Berlin'), '2026-11-22T23:30Z')).toEqual(['2026-11-22T23:00:00.000Z', '2026-11-29T23:00:00.000Z']);
});

test.each(['UTC', 'Europe/Berlin', 'America/New_York', 'Africa/Cairo', 'America/Havana', 'Australia/Lord_Howe', 'Asia/Kolkata', 'America/Santiago'])(
  'over three years in %s every moment lies in one window, and each window ends where the next begins',
  (tz) => {
    for (const every of ['hour', 'day', 'week', 'month'] as const) {
      const window = calendar(every, tz, 31);
      let at = Date.UTC(2026, 0, 1);
      const end = every === 'hour' ? Date.UTC(2026, 3, 30) : Date.UTC(2029, 0, 1);
      while (at < end) {
        const slot = calendarSlot(window, at);
        expect(at >= slot.startMs && at < slot.endMs).toBe(true);
        expect(calendarSlot(window, slot.startMs)).toEqual(slot);
        expect(calendarSlot(window, slot.endMs).startMs).toBe(slot.endMs);
        at = slot.endMs;
      }
    }
  },
);

test('the store is offered the window before, now and after', () => {
  const slots = slotsOf(calendar('day', 'Europe/Berlin'), 0)(Date.parse('2026-03-29T12:00Z'));
  expect(slots).toEqual({
    kind: 'fixed',
    candidates: [
      { startMs: Date.parse('2026-03-27T23:00Z'), endMs: Date.parse('2026-03-28T23:00Z') },
      { startMs: Date.parse('2026-03-28T23:00Z'), endMs: Date.parse('2026-03-29T22:00Z') },
      { startMs: Date.parse('2026-03-29T22:00Z'), endMs: Date.parse('2026-03-30T22:00Z') },
    ],
  });
});
