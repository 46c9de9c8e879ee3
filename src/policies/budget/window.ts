import { NO_END, type Slot, type SlotChoice } from '../../call/budget-store.ts';
import type { BudgetWindow } from './budget-config.ts';
import { offsetMs, startOfDay, wallDate } from './time-zone.ts';

type Calendar = Extract<BudgetWindow, { kind: 'calendar' }>;

const HOUR_MS = 3_600_000;
const EVER: SlotChoice = { kind: 'fixed', candidates: [{ startMs: 0, endMs: NO_END }] };

const SPANS = [
  ['d', 86_400_000],
  ['h', HOUR_MS],
  ['min', 60_000],
] as const;

/** Words a length of time in the largest unit of which it has two or more, and no part: `24 h`, `7 d`, `90 min`. @param ms whole seconds, or a little more */
export const spanWords = (ms: number): string => {
  const whole = Math.floor(ms / 1000) * 1000;
  const [name, unit] = SPANS.find(([, length]) => whole >= 2 * length && whole % length === 0) ?? ['s', 1000];
  return `${whole / unit} ${name}`;
};

const daysInMonth = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

const monthStart = (tz: string, year: number, month: number, anchorDay: number): number => {
  const first = new Date(Date.UTC(year, month - 1, 1));
  const length = daysInMonth(first.getUTCFullYear(), first.getUTCMonth() + 1);
  return startOfDay(tz, first.getUTCFullYear(), first.getUTCMonth() + 1, Math.min(anchorDay, length));
};

// Whole hours of UTC, moved by the part of an hour that the zone is off it. Held fixed over the year, so that hours never overlap.
const hourSlot = (tz: string, atMs: number): Slot => {
  const shift = offsetMs(tz, Date.UTC(2026, 0, 1)) % HOUR_MS;
  const startMs = Math.floor((atMs + shift) / HOUR_MS) * HOUR_MS - shift;
  return { startMs, endMs: startMs + HOUR_MS };
};

const daysSlot = (tz: string, atMs: number, length: 1 | 7): Slot => {
  const { year, month, day } = wallDate(tz, atMs);
  // Weeks begin on Monday, as ISO 8601 has it; day 0 is a Thursday.
  const weekday = (Math.floor(Date.UTC(year, month - 1, day) / 86_400_000) + 3) % 7;
  const first = length === 7 ? day - weekday : day;
  return { startMs: startOfDay(tz, year, month, first), endMs: startOfDay(tz, year, month, first + length) };
};

const monthSlot = (tz: string, atMs: number, anchorDay: number): Slot => {
  const { year, month } = wallDate(tz, atMs);
  const here = monthStart(tz, year, month, anchorDay);
  return atMs < here
    ? { startMs: monthStart(tz, year, month - 1, anchorDay), endMs: here }
    : { startMs: here, endMs: monthStart(tz, year, month + 1, anchorDay) };
};

/** Gives the window of the calendar that a moment lies in. */
export const calendarSlot = ({ every, tz, anchorDay }: Calendar, atMs: number): Slot => {
  switch (every) {
    case 'hour':
      return hourSlot(tz, atMs);
    case 'day':
      return daysSlot(tz, atMs, 1);
    case 'week':
      return daysSlot(tz, atMs, 7);
    case 'month':
      return monthSlot(tz, atMs, anchorDay);
  }
};

/** Gives the slots of a window at a moment. */
export type SlotsAt = (nowMs: number) => SlotChoice;

/**
 * Gives a function that offers the store the window before, now and after, and lets the store's clock pick.
 * Computed anew only when the present window is over.
 */
export const slotsOf = (window: BudgetWindow, runStartMs: number): SlotsAt => {
  switch (window.kind) {
    case 'total':
      return () => EVER;
    case 'run': {
      const run: SlotChoice = { kind: 'fixed', candidates: [{ startMs: runStartMs, endMs: NO_END }] };
      return () => run;
    }
    case 'rolling': {
      const rolling: SlotChoice = { kind: 'rolling', widthMs: window.everyMs / window.buckets, count: window.buckets };
      return () => rolling;
    }
    case 'calendar': {
      let present: Slot = { startMs: 0, endMs: 0 };
      let choice: SlotChoice = EVER;
      return (nowMs) => {
        if (nowMs >= present.startMs && nowMs < present.endMs) return choice;
        present = calendarSlot(window, nowMs);
        const candidates = [calendarSlot(window, present.startMs - 1), present, calendarSlot(window, present.endMs)];
        choice = { kind: 'fixed', candidates };
        return choice;
      };
    }
  }
};
